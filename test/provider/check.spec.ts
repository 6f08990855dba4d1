// What the resource reports about AWS at preview, from the handler that the engine calls.

import assert from "node:assert/strict";
import { check, diff } from "../../provider/handlers";
import { withHost } from "../../provider/host/host";
import type { Recorded } from "../../provider/resource/record";
import type { DeclaredLayer } from "../../sdk/core/config/declared";
import type { FunctionSelection } from "../../sdk/core/live";
import { useAws } from "../aws/harness";
import { declared } from "../support/arbitraries";
import { unknown } from "../support/arbitrary-states";
import { printedBy, requestOf } from "../support/provider";

describe("LayerVersions at preview", () => {
  const aws = useAws();
  beforeEach(() =>
    aws.emulator.seed({
      layers: [{ name: "dynamo-dev", versions: 8 }],
      functions: [
        ...["fn-01", "fn-02", "fn-03"].map((name) => ({ name, layers: ["dynamo-dev:1"] })),
        { name: "image", PackageType: "Image" },
        { name: "full", layers: [1, 2, 3, 4, 5, 6].map((n) => `dynamo${n}:1`) },
      ],
    }),
  );

  /** The inputs and failures that a preview gets, and the lines that it shows. */
  async function preview(selection: FunctionSelection, more: object = {}, was: Partial<Recorded> = {}) {
    const request = requestOf("layers: {dynamo: {version: 5}}", { selection, ...more });
    const { functions: _functions, before: _before, ...settings } = was;
    const news = { configFile: "layer_config.yaml", request, ...settings };
    const { result, lines } = await printedBy(() => check(was, news));
    const { inputs = {}, failures = [] } = result;
    return { inputs, lines, reasons: failures.map(({ reason }) => reason) };
  }

  const cases: {
    title: string;
    selection: FunctionSelection;
    arrange?: () => void;
    expected: RegExp[];
  }[] = [
    {
      title: "a missing permission",
      selection: { prefix: "fn-" },
      arrange: () => aws.emulator.deny({ action: "lambda:ListFunctions" }),
      expected: [/lambda:ListFunctions/],
    },
    {
      title: "a missing region",
      selection: { prefix: "fn-" },
      arrange: () => aws.setEnv({ AWS_REGION: "", AWS_DEFAULT_REGION: "" }),
      expected: [/region/i, /aws:region/],
    },
    { title: "a named image function", selection: { names: ["image"] }, expected: [/image/i] },
    {
      title: "more than five layers",
      selection: { names: ["full"] },
      expected: [/\b6 layers\b|at most 5|more than 5/i],
    },
  ];
  for (const { title, selection, arrange, expected } of cases) {
    it(`says what to do about ${title}`, async () => {
      arrange?.();
      const { reasons } = await preview(selection);
      assert.equal(reasons.length, 1, reasons.join("\n"));
      for (const pattern of expected) assert.match(reasons[0] ?? "", pattern);
      assert.deepEqual(aws.emulator.writes(), []);
    });
  }

  it("says what keeps the program's request away", async () => {
    const { failures = [] } = await check({}, { configFile: "layer_config.yaml" } as Parameters<typeof check>[1]);
    assert.match(failures.map(({ reason }) => reason).join("\n"), /`ignoreChanges`/);
  });

  it("says which layers wait for a version that the update publishes, and plans the others", async () => {
    aws.emulator.seed({ functions: [{ name: "both", layers: ["dynamo-dev:1", "own:1"] }] });
    const entry = (key: string, version: unknown) => ({ ...declared({ key, version: 1 }), version });
    const layers = [entry("dynamo", "5"), entry("own", unknown), entry("unpublished", undefined)];
    const { inputs, lines, reasons } = await preview(
      { names: ["both"] },
      { declared: { stack: "dev", file: "layer_config.yaml", layers } },
    );
    assert.deepEqual(reasons, []);
    assert.deepEqual(lines, [
      "Function both: Layer dynamo-dev version 1 -> 5",
      "Function both: Layer own version 1 -> what this update publishes",
    ]);
    const { functions, before } = inputs as Record<string, object>;
    assert.deepEqual(functions, { both: { "dynamo-dev": 5, own: unknown } });
    assert.deepEqual(before, { both: { "dynamo-dev": 1, own: 1 } });
  });

  const open: [string, FunctionSelection, Partial<Recorded>, string][] = [
    ["names", { names: unknown as never }, {}, "Some of the functions to update .* because functions.names is"],
    ["one of the names", { names: ["fn-01", unknown] }, {}, "because functions.names is"],
    ["names and a tag", { names: [unknown], tags: { a: unknown } }, {}, "because functions.names, functions.tags are"],
    ["the region", { prefix: "fn-" }, { region: unknown }, "^Warning: The functions to update .* because region is"],
    ["the region, without functions", {}, { region: unknown }, "^$"],
  ];
  for (const [what, selection, settings, expected] of open) {
    it(`reports functions as unknown until the update, with unknown ${what}`, async () => {
      const { lines, reasons } = await preview(selection, {}, settings);
      assert.deepEqual(reasons, []);
      assert.match(lines.filter((line) => !/^Function/.test(String(line))).join("\n"), new RegExp(expected));
    });
  }

  it("keeps the recorded state of a layer whose ARN is not known yet, and says that there may be more", async () => {
    aws.emulator.seed({ functions: [{ name: "both", layers: ["dynamo-dev:1", "own:1", "theirs:1"] }] });
    const own = { ...declared({ key: "own", version: 1 }), arn: unknown, version: unknown };
    const request = { stack: "dev", file: "layer_config.yaml", layers: [declared({ key: "dynamo", version: 5 }), own] };
    const versions = { both: { "dynamo-dev": 5, own: 1 } } as const;
    const was = { functions: versions, before: versions, onDelete: "restore" } as const;
    const line = 'The ARN of "own" is unknown until `pulumi up`, so functions that get this layer may be missing here.';
    const { inputs, lines } = await preview({ names: ["both"] }, { declared: request }, was);
    assert.deepEqual(lines, [
      "Function both: Layer dynamo-dev version 1 -> 5",
      "Function both: Layer own version 1 -> what this update publishes",
      line,
    ]);
    assert.deepEqual((inputs as Record<string, object>).functions, { both: { "dynamo-dev": 5, own: unknown } });

    const first = await preview({ names: ["both"] }, { declared: { ...request, layers: [own] } });
    assert.deepEqual(first.lines, [line]);
    assert.equal((await diff("", {}, first.inputs)).changes, true);
    const unused = await preview({}, { declared: request });
    assert.equal((await diff("", unused.inputs, unused.inputs)).changes, false);
  });

  it("does not call a version missing that the program may yet publish, until the update", async () => {
    const layers = [declared({ key: "dynamo", version: 77 })];
    const request = { declared: { stack: "dev", file: "layer_config.yaml", layers } };
    const ownLayers = ["dynamo-dev"];
    const { lines, reasons } = await preview({ names: ["fn-01"] }, { ...request, ownLayers });
    assert.deepEqual(reasons, []);
    assert.match(lines.join("\n"), /Whether arn:\S+:layer:dynamo-dev:77 will exist is unknown until `pulumi up`/);
    for (const more of [request, { ...request, ownLayers, dryRun: false }])
      assert.match((await preview({ names: ["fn-01"] }, more)).reasons.join(), /does not exist/);
  });

  it("refuses values of outputs that turn out to be none, and says which layers stay if there is no value", async () => {
    const entry = (fields: object) => ({ ...declared({ key: "dynamo", version: 5 }), ...fields }) as DeclaredLayer;
    const arn = "arn:aws:lambda:us-east-1:123456789012:layer:dynamo-dev";
    const noVersion = /^layer_config.yaml:1: the version is not a whole number of 1 or more\.$/;
    const noLayer = /^layer_config.yaml:1: the arn is not that of a layer without a version\..*layerArn/;
    const stays =
      /^Warning: Function fn-01: Layer dynamo-dev stays at version 1, because the version that .* has no value/;
    const cases: [fields: object, reasons: RegExp, lines: RegExp][] = [
      [{ version: "no secret is quoted" }, noVersion, /^$/],
      [{ arn: `${arn}:5` }, noLayer, /^$/],
      [{ arn }, /^$/, /Function fn-01: Layer dynamo-dev version 1 -> 5/],
      [{ version: undefined }, /^$/, stays],
    ];
    for (const [fields, reason, line] of cases) {
      const request = { declared: { stack: "dev", file: "layer_config.yaml", layers: [entry(fields)] } };
      const { reasons, lines } = await preview({ names: ["fn-01"] }, request);
      assert.match(reasons.join(), reason);
      assert.match(lines.join(), line);
    }
  });

  it("ends at Ctrl-C, however long AWS takes", async () => {
    aws.emulator.fault({ operation: "GetFunction", delayMs: 30_000 });
    const host = { signal: AbortSignal.timeout(200), log() {} };
    const begun = performance.now();
    const { reasons } = await withHost(host, () => preview({ names: ["fn-01"] }));
    assert.deepEqual(reasons, ["Interrupted."]);
    assert.ok(performance.now() - begun < 10_000);
  });

  it("warns of a misspelt name, with the nearest one that was read in the region", async () => {
    const warned = async (selection: FunctionSelection) =>
      (await preview(selection)).lines.filter((line) => line.includes("does not exist"));
    const line = "Warning: Function imgae does not exist in us-east-1 yet, so it is skipped.";
    // Without a reason to list the region's functions, only the named ones are read.
    assert.deepEqual(await warned({ names: ["imgae", "fn-01"] }), [line]);
    assert.deepEqual(await warned({ names: ["imgae"], prefix: "fn-" }), [`${line} Did you mean image?`]);
    assert.deepEqual(await warned({ names: ["fn-1", "fn-02"] }), [
      "Warning: Function fn-1 does not exist in us-east-1 yet, so it is skipped. Did you mean fn-02?",
    ]);
  });

  it("warns of a prefix and tags that no function has", async () => {
    const warned = async (selection: FunctionSelection) =>
      (await preview(selection)).lines.filter((line) => line.includes("none is selected"));
    assert.deepEqual(await warned({ prefix: "fm-" }), [
      'Warning: No function in us-east-1 has the prefix "fm-", so none is selected.',
    ]);
    assert.deepEqual(await warned({ prefix: "fm-", tags: { team: "pay", stage: "x" } }), [
      'Warning: No function in us-east-1 has the prefix "fm-" or the tags team=pay, stage=x, so none is selected.',
    ]);
    assert.deepEqual(await warned({ prefix: "fn-", tags: { team: "pay" } }), []);
  });

  it("leaves out a named function that does not exist yet, and says so", async () => {
    const { lines, reasons } = await preview({ names: ["fn-01", "later"] });
    assert.match(lines.join("\n"), /Function later does not exist/);
    assert.deepEqual(reasons, []);
  });

  it("reads any number of functions in one pass, and the aliases of those that move", async () => {
    const selected: [selection: FunctionSelection, counts: object][] = [
      [{ prefix: "fn-" }, { ListFunctions: 1, GetLayerVersion: 1, ListAliases: 3 }],
      [{ names: ["fn-01", "fn-02"] }, { GetFunction: 2, GetLayerVersion: 1, ListAliases: 2 }],
    ];
    for (const [selection, counts] of selected) {
      aws.emulator.resetCounts();
      assert.deepEqual((await preview(selection)).reasons, []);
      assert.deepEqual(aws.emulator.counts(), counts);
    }
  });
});
