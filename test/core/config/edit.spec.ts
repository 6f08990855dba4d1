import assert from "node:assert/strict";
import fc from "fast-check";
import { editVersions, type VersionEdit, type VersionPath } from "../../../sdk/core/config/edit";
import { parseConfig } from "../../../sdk/core/config/parse";
import { LayersError } from "../../../sdk/core/errors";
import { counts } from "../../support/counts";

// `@PATH=5@` is a version that is written as 5.
const files: Record<string, string> = {
  "plain blocks": "layers:\n  a:\n    version: @layers/a=5@\n  b:\n    version: @layers/b=12@\n",
  "comments everywhere":
    "# first\nlayers: # of all\n  # before a\n  a: # 5 is fine\n    version: @layers/a=5@ # was 4, version: 5\n    # version: 5\n# last\n",
  "flow maps": "layers: { a: { version: @layers/a=5@ }, b: {version: @layers/b=5@} }\n",
  "a flow map of several lines": "layers: {\n  a: {\n    version: @layers/a=7@, # seven\n  },\n}\n",
  "quoted keys": '"layers":\n  \'a\': { "version": @layers/a=5@ }\n  "b-\\u0063":\n    \'version\': @layers/b-c=6@\n',
  JSON: '{"layers": {"a": {"version":@layers/a=5@,"description":"version: 5"}}, "settings": null}',
  "Windows line breaks": "layers:\r\n  a:\r\n    version: @layers/a=5@ # five\r\n  b: {version: @layers/b=6@}\r\n",
  "a byte order mark": "\uFEFFlayers:\n  a: { version: @layers/a=5@ }\n",
  "no last line break": "layers:\n  a:\n    version: @layers/a=5@",
  "an anchor that is used elsewhere for other fields":
    "layers:\n  a:\n    version: @layers/a=5@\n    compatible_runtimes: &py [python3.12]\n  b:\n    version: @layers/b=5@\n    compatible_runtimes: *py\n",
  "an anchor on the entry": "layers:\n  a: &a\n    version: @layers/a=5@\n  b: &b { version: @layers/b=6@ }\n",
  "merge keys with a version of their own":
    "layers:\n  a: &a\n    version: @layers/a=5@\n    enforce: minimum\n  b:\n    <<: *a\n    version: @layers/b=6@\n",
  "a tag": "layers:\n  a:\n    version: !!int @layers/a=5@\n",
  "overrides in blocks":
    "layers:\n  a: { version: @layers/a=5@ }\nstack_overrides:\n  dev:\n    a:\n      version: @stack_overrides/dev/a=6@ # dev first\n  prod:\n    a: { version: @stack_overrides/prod/a=4@ }\n",
  "overrides in flow":
    "layers: {a: {version: @layers/a=5@}}\nstack_overrides: {dev: {a: {version: @stack_overrides/dev/a=6@}}}\n",
  "names of stacks that look like numbers":
    "layers:\n  a: { version: @layers/a=5@ }\nstack_overrides:\n  007: { a: { version: @stack_overrides/007/a=7@ } }\n  1.10: { a: { version: @stack_overrides/1.10/a=8@ } }\n",
  "texts that hold versions":
    'layers:\n  a:\n    description: "version: 5, a:5"\n    latest: ssm:/5/version\n    version: @layers/a=5@\n  b:\n    description: |\n      version: 5\n        more\n    version: @layers/b=5@\n',
  "documents with marks": "%YAML 1.2\n---\nlayers:\n  a:\n    version: @layers/a=5@\n...\n",
  "odd layout":
    "layers:\n     a   :\n          version    :       @layers/a=5@      \n\n\n\n     ? b\n     : version: @layers/b=6@\n",
  "tabs and wide letters":
    'layers:\n  a: { description: "日本語 😀",\tversion:\t@layers/a=5@ }\t# ünï\n  b:\n    version: @layers/b=123456789@\n',
  "third parties":
    "# yaml-language-server: $schema=x.json\nlayers:\n  datadog:\n    arn: arn:aws:lambda:us-east-1:464622532012:layer:Datadog-Python312\n    version: @layers/datadog=98@\nsettings: {aws_account_id: '123456789012'}\n",
};

const places = (marked: string) =>
  [...marked.matchAll(/@([^=@]+)=(\d+)@/g)].map(([, path = "", version]) => ({ path, version: Number(version) }));

/** The text, with new versions at these paths and the written ones at all others. */
const write = (marked: string, versions: ReadonlyMap<string, number>) =>
  marked.replace(/@([^=@]+)=(\d+)@/g, (_all, path: string, version: string) => String(versions.get(path) ?? version));

const toPath = (path: string) => [...path.split("/"), "version"] as unknown as VersionPath;

const edit = (text: string, ...edits: (readonly [string, number])[]) =>
  editVersions(
    text,
    "c.yaml",
    edits.map(([path, version]) => ({ path: toPath(path), version })),
  );

describe("editVersions", () => {
  it("is tried on 20 files and more", () => assert.ok(Object.keys(files).length >= 20));

  for (const [what, marked] of Object.entries(files)) {
    it(`changes only digits in ${what}`, () => {
      const paths = places(marked).map(({ path }) => path);
      const chosen = fc.uniqueArray(fc.tuple(fc.constantFrom(...paths), fc.integer({ min: 1, max: 2 ** 31 })), {
        selector: ([path]) => path,
      });
      const property = fc.property(chosen, (versions) => {
        const edits: VersionEdit[] = versions.map(([path, version]) => ({ path: toPath(path), version }));
        const result = editVersions(write(marked, new Map()), "c.yaml", edits);
        assert.equal(result, write(marked, new Map(versions)));
        assert.ok(parseConfig(result, "c.yaml").ok);
      });
      fc.assert(property, counts({ sample: 20, full: 2_000 }));
    });
  }

  describe("refuses, naming who else would be affected,", () => {
    const refused: Record<string, [text: string, path: string, message: RegExp]> = {
      "an entry that is an alias": [
        "layers:\n  a: &a { version: 5 }\n  b: *a\n",
        "layers/b",
        /layers\.b\.version: the number is shared.*also change layers\.a\./,
      ],
      "an entry that others are an alias of": [
        "layers:\n  a: &a { version: 5 }\n  b: *a\n",
        "layers/a",
        /would also change layers\.b\./,
      ],
      "a number that is an alias": [
        "layers:\n  a: { version: &v 5 }\n  b: { version: *v }\n",
        "layers/b",
        /also change layers\.a\./,
      ],
      "a version that is merged in": [
        "layers:\n  a: &a\n    version: 5\n  b:\n    <<: *a\n    enforce: minimum\n",
        "layers/b",
        /also change layers\.a\./,
      ],
      "stacks that share their overrides": [
        "layers: { a: { version: 5 } }\nstack_overrides:\n  dev: &dev { a: { version: 6 } }\n  test: *dev\n",
        "stack_overrides/test/a",
        /also change stack_overrides\.dev\.a\./,
      ],
      "a number that is not written in digits": ["layers: { a: { version: 0x5 } }\n", "layers/a", /is written as 0x5/],
      "an override to be added to an alias": [
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  dev: &dev\n    b: { version: 6 }\n  test: *dev\n",
        "stack_overrides/test/a",
        /cannot be added to c\.yaml: its parent is the alias \*dev\./,
      ],
    };
    for (const [what, [text, path, message]] of Object.entries(refused)) {
      it(what, () => {
        assert.throws(
          () => edit(text, [path, 9]),
          (error: unknown) => {
            assert.ok(error instanceof LayersError);
            assert.equal(error.code, "config-not-editable");
            assert.match(error.message, message);
            return true;
          },
        );
      });
    }

    it("but changes all that share a number together", () => {
      const text = "layers:\n  a: &a { version: 5 }\n  b: *a\n";
      assert.equal(edit(text, ["layers/a", 9], ["layers/b", 9]), text.replace("5", "9"));
    });
  });

  describe("adds variants that an override does not have", () => {
    const base = "layers:\n  a:\n    version: 5\n    variants:\n      - { when: { region: us-east-2 }, version: 3 }\n";
    const item = '{ when: { region: us-east-2, account: "123456789012", function: ["a-*", b] }, version: 9 }';
    const json =
      '{ "when": { "region": "us-east-2", "account": "123456789012", "function": ["a-*", "b"] }, "version": 9 }';
    const when = { region: ["us-east-2"], account: ["123456789012"], function: ["a-*", "b"] };
    const added: Record<string, [index: number, text: string, result: string]> = {
      "with the section": [0, base, `${base}stack_overrides:\n  dev:\n    a: { variants: [${item}] }\n`],
      "to an entry that overrides the version": [
        0,
        `${base}stack_overrides:\n  dev:\n    a:\n      version: 6 # six\n`,
        `${base}stack_overrides:\n  dev:\n    a:\n      version: 6 # six\n      variants: [${item}]\n`,
      ],
      "to a list of lines": [
        1,
        `${base}stack_overrides:\n  dev:\n    a:\n      variants:\n        # west\n        - when: { region: us-west-2 }\n          version: 2 # two\n  prod: {}\n`,
        `${base}stack_overrides:\n  dev:\n    a:\n      variants:\n        # west\n        - when: { region: us-west-2 }\n          version: 2 # two\n        - ${item}\n  prod: {}\n`,
      ],
      "to a list in one line, with Windows line breaks": [
        1,
        `layers: {a: {version: 5}}\r\nstack_overrides: {dev: {a: {variants: [{when: {region: x-y-1}, version: 2}]}}} # end\r\n`,
        `layers: {a: {version: 5}}\r\nstack_overrides: {dev: {a: {variants: [{when: {region: x-y-1}, version: 2}, ${item}]}}} # end\r\n`,
      ],
      "to a list at the end of the text": [
        1,
        "layers: {a: {version: 5}}\nstack_overrides:\n  dev:\n    a:\n      variants:\n      - when: {region: x-y-1}\n        version: 2",
        `layers: {a: {version: 5}}\nstack_overrides:\n  dev:\n    a:\n      variants:\n      - when: {region: x-y-1}\n        version: 2\n      - ${item}`,
      ],
      "to JSON": [
        0,
        '{"layers": {"a": {"version": 5}}, "stack_overrides": {"dev": {"a": {"version": 6}}}}',
        `{"layers": {"a": {"version": 5}}, "stack_overrides": {"dev": {"a": {"version": 6, "variants": [${json}]}}}}`,
      ],
      "to a list in JSON": [
        1,
        '{"layers": {"a": {"version": 5}}, "stack_overrides": {"dev": {"a": {"variants": [{"when": {"region": "x-y-1"}, "version": 6}]}}}}',
        `{"layers": {"a": {"version": 5}}, "stack_overrides": {"dev": {"a": {"variants": [{"when": {"region": "x-y-1"}, "version": 6}, ${json}]}}}}`,
      ],
    };
    for (const [what, [index, text, result]] of Object.entries(added)) {
      it(what, () => {
        const path = ["stack_overrides", "dev", "a", "variants", index, "version"] as const;
        assert.equal(editVersions(text, "c.yaml", [{ path, version: 9, when }]), result);
      });
    }

    it("or their versions, if the variant exists without one", () => {
      const text = `${base}stack_overrides:\n  dev:\n    a:\n      variants:\n        - when: { region: us-east-2 }\n          enforce: minimum\n`;
      const path = ["stack_overrides", "dev", "a", "variants", 0, "version"] as const;
      assert.equal(editVersions(text, "c.yaml", [{ path, version: 9 }]), `${text}          version: 9\n`);
    });

    it("unless an alias refers to the list", () => {
      const text = `layers:\n  a:\n    version: 5\n    variants: &v [{ when: { region: x-y-1 }, version: 3 }]\nstack_overrides: { dev: { a: { variants: *v } } }\n`;
      const path = ["stack_overrides", "dev", "a", "variants", 1, "version"] as const;
      assert.throws(() => editVersions(text, "c.yaml", [{ path, version: 9, when }]), { code: "config-not-editable" });
    });
  });

  describe("adds an override that does not exist", () => {
    const added: Record<string, [text: string, result: string]> = {
      "below the last of its stack": [
        "layers:\n  a: { version: 5 }\n  b: { version: 5 }\nstack_overrides:\n  dev:\n    b: { version: 6 } # b\n  # prod next\n  prod: {}\n",
        "layers:\n  a: { version: 5 }\n  b: { version: 5 }\nstack_overrides:\n  dev:\n    b: { version: 6 } # b\n    a: { version: 9 }\n  # prod next\n  prod: {}\n",
      ],
      "to an entry that overrides something else": [
        "layers:\n    a: { version: 5 }\nstack_overrides:\n    dev:\n        a:\n            enforce: minimum\n",
        "layers:\n    a: { version: 5 }\nstack_overrides:\n    dev:\n        a:\n            enforce: minimum\n            version: 9\n",
      ],
      "with its stack": [
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  prod:\n    a:\n      version: 4\n",
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  prod:\n    a:\n      version: 4\n  dev:\n    a: { version: 9 }\n",
      ],
      "with the section": [
        "layers:\r\n  a: { version: 5 } # five\r\n\r\n# end",
        "layers:\r\n  a: { version: 5 } # five\r\nstack_overrides:\r\n  dev:\r\n    a: { version: 9 }\r\n\r\n# end",
      ],
      "after a text without a last line break": [
        "layers:\n  a: { version: 5 }",
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  dev:\n    a: { version: 9 }",
      ],
      "to an empty stack": [
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  dev: # nothing yet\n  prod: {}\n",
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  dev: # nothing yet\n    a: { version: 9 }\n  prod: {}\n",
      ],
      "to an empty flow map": [
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  dev: {}\n",
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  dev: { a: { version: 9 } }\n",
      ],
      "in place of null": [
        "layers:\n  a: { version: 5 }\nstack_overrides: ~\n",
        "layers:\n  a: { version: 5 }\nstack_overrides: { dev: { a: { version: 9 } } }\n",
      ],
      "to JSON": [
        '{"layers": {"a": {"version": 5}}, "stack_overrides": {"prod": null}}',
        '{"layers": {"a": {"version": 5}}, "stack_overrides": {"prod": null, "dev": { "a": { "version": 9 } }}}',
      ],
      "after an empty line where sections are apart": [
        "layers:\n  a: { version: 5 }\n\nsettings:\n  aws_region: us-east-1\n",
        "layers:\n  a: { version: 5 }\n\nsettings:\n  aws_region: us-east-1\n\nstack_overrides:\n  dev:\n    a: { version: 9 }\n",
      ],
      "below the comments that belong to what is before it": [
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  prod:\n    b: { version: 6 }\n    # when this was written: b at 6\n",
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  prod:\n    b: { version: 6 }\n    # when this was written: b at 6\n  dev:\n    a: { version: 9 }\n",
      ],
      "below the comments of its own stack, and above those of the next": [
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  dev:\n    b: { version: 6 }\n    # of b\n      # of b too\n  # of prod\n  prod: {}\n",
        "layers:\n  a: { version: 5 }\nstack_overrides:\n  dev:\n    b: { version: 6 }\n    # of b\n      # of b too\n    a: { version: 9 }\n  # of prod\n  prod: {}\n",
      ],
      "below a last comment without a line break": [
        "layers:\r\n  a: { version: 5 }\r\nstack_overrides:\r\n  dev:\r\n    b: { version: 6 }\r\n    # of b",
        "layers:\r\n  a: { version: 5 }\r\nstack_overrides:\r\n  dev:\r\n    b: { version: 6 }\r\n    # of b\r\n    a: { version: 9 }",
      ],
      "right below its stack, whatever follows": [
        "stack_overrides:\n  dev:\n    b:\n      version: 6\n\n  # the real one\n  prod:\n    b: { version: 7 }\n\nlayers:\n  a: { version: 5 }\n",
        "stack_overrides:\n  dev:\n    b:\n      version: 6\n    a: { version: 9 }\n\n  # the real one\n  prod:\n    b: { version: 7 }\n\nlayers:\n  a: { version: 5 }\n",
      ],
      "after a block of text": [
        "stack_overrides:\n  dev:\n    b:\n      version: 2\n      description: |\n        more\n        lines\nlayers:\n  a: { version: 5 }\n",
        "stack_overrides:\n  dev:\n    b:\n      version: 2\n      description: |\n        more\n        lines\n    a: { version: 9 }\nlayers:\n  a: { version: 5 }\n",
      ],
    };
    for (const [what, [text, result]] of Object.entries(added)) {
      it(what, () => assert.equal(edit(text, ["stack_overrides/dev/a", 9]), result));
    }

    it("for several layers at once", () => {
      const text = "layers:\n  a: { version: 5 }\n  b: { version: 5 }\n";
      const result = edit(text, ["stack_overrides/dev/a", 8], ["stack_overrides/dev/b", 9]);
      assert.equal(result, `${text}stack_overrides:\n  dev:\n    a: { version: 8 }\n    b: { version: 9 }\n`);
    });
  });
});
