import assert from "node:assert/strict";
import { arnOf, base, useAws } from "./harness";

describe("listFunctions", () => {
  const test = useAws();
  const names = (functions: readonly { readonly name: string }[]) => functions.map(({ name }) => name);

  it("reads a whole account in one pass, 50 functions a page", async () => {
    test.emulator.seed({ functions: Array.from({ length: 120 }, (_, i) => ({ name: `fn-${1000 + i}` })) });
    const aws = await test.connect();
    const { functions, missing } = await aws.listFunctions({ all: true });
    assert.equal(functions.length, 120);
    assert.deepEqual(names(functions), names(functions).sort());
    assert.deepEqual(missing, []);
    assert.deepEqual(test.emulator.counts(), { ListFunctions: 3 });
  });

  it("reads a few named functions one by one, without ListFunctions", async () => {
    test.emulator.seed({ functions: [{ name: "a", layers: ["base:1"] }, { name: "b" }, { name: "c" }] });
    const aws = await test.connect();
    const { functions, missing } = await aws.listFunctions({ names: ["b", "gone", arnOf("a"), "a"] });
    assert.deepEqual(names(functions), ["a", "b"]);
    assert.deepEqual(missing, ["gone"]);
    assert.deepEqual(test.emulator.counts(), { GetFunction: 4 });
  });

  it("reads many named functions in one pass", async () => {
    const seeded = Array.from({ length: 60 }, (_, i) => ({ name: `fn-${10 + i}` }));
    test.emulator.seed({ functions: [...seeded, { name: "other" }] });
    const aws = await test.connect();
    const wanted = [...names(seeded), "gone", arnOf("gone-too")];
    const { functions, missing } = await aws.listFunctions({ names: wanted });
    assert.deepEqual(names(functions), names(seeded));
    assert.deepEqual(missing, ["gone", arnOf("gone-too")]);
    // Only an answer about the function itself says that it does not exist.
    assert.deepEqual(test.emulator.counts(), { ListFunctions: 2, GetFunction: 2 });
  });

  describe("a list that shifts while it is being read", () => {
    const page = (from: number, to: number, NextMarker?: string) => ({
      status: 200,
      body: JSON.stringify({
        Functions: test.emulator
          .functions()
          .slice(from, to)
          .map(({ configuration }) => configuration),
        NextMarker,
      }),
    });
    const start = async () => {
      test.emulator.seed({
        functions: Array.from({ length: 60 }, (_, i) => ({ name: `fn-${10 + i}`, tags: { team: "a" } })),
      });
      return test.connect();
    };

    it("has each function once", async () => {
      const aws = await start();
      test.emulator.fault({ operation: "ListFunctions", answer: page(0, 60, "next"), times: 1 });
      test.emulator.fault({ operation: "ListFunctions", answer: page(40, 60) });
      assert.equal((await aws.listFunctions({ all: true })).functions.length, 60);
    });

    it("is completed by the names of the functions that have the tags", async () => {
      const aws = await start();
      test.emulator.fault({ operation: "ListFunctions", answer: page(0, 57) });
      const { functions } = await aws.listFunctions({ tags: { team: "a" } });
      assert.equal(functions.length, 60);
      assert.deepEqual(test.emulator.counts(), { GetResources: 1, ListFunctions: 1, GetFunction: 3 });
    });

    it("is completed by the named functions", async () => {
      const aws = await start();
      test.emulator.fault({ operation: "ListFunctions", answer: page(0, 57) });
      const all = names(test.emulator.functions());
      const { functions, missing } = await aws.listFunctions({ names: [...all.slice(0, 59), arnOf(all[59] ?? "")] });
      assert.deepEqual([names(functions), missing], [all, []]);
    });

    it("is refused if it goes round in circles", async () => {
      const aws = await start();
      test.emulator.fault({ operation: "ListFunctions", answer: page(0, 5, "again") });
      await assert.rejects(aws.listFunctions({ all: true }), {
        code: "aws-failed",
        message: "Lambda ListFunctions returned the same page marker twice, so its list would never end.",
      });
      const circle = { ResourceTagMappingList: [], PaginationToken: "again" };
      test.emulator.fault({ operation: "GetResources", answer: { status: 200, body: JSON.stringify(circle) } });
      await assert.rejects(aws.listFunctions({ tags: { team: "a" } }), { code: "aws-failed" });
    });
  });

  for (const [named, counts] of [
    [50, { GetFunction: 50 }],
    [51, { ListFunctions: 2 }],
  ] as const) {
    it(`reads ${named} named functions with ${Object.keys(counts)[0]}`, async () => {
      const seeded = Array.from({ length: 51 }, (_, i) => ({ name: `fn-${10 + i}` }));
      test.emulator.seed({ functions: seeded });
      const aws = await test.connect();
      const wanted = names(seeded).slice(0, named);
      assert.deepEqual(names((await aws.listFunctions({ names: wanted })).functions), wanted);
      assert.deepEqual(test.emulator.counts(), counts);
    });
  }

  it("returns layers in order, runtime, architectures, package type and revision", async () => {
    test.emulator.seed({
      functions: [
        { name: "zip", layers: ["b:1", "a:2"], Runtime: "nodejs22.x", Architectures: ["arm64"] },
        { name: "image", PackageType: "Image", Code: { ImageUri: "registry/image:1" } },
      ],
    });
    const aws = await test.connect();
    const listed = await aws.listFunctions({ all: true });
    const read = await aws.listFunctions({ names: ["zip", "image"] });
    assert.deepEqual({ ...listed, busy: [] }, read);
    const [image, zip] = listed.functions;
    assert.equal(image?.packageType, "Image");
    assert.deepEqual(image?.layers, []);
    assert.ok(zip?.revisionId);
    assert.deepEqual(
      { ...zip, revisionId: undefined },
      {
        name: "zip",
        arn: arnOf("zip"),
        layers: [base(1, "b"), base(2, "a")],
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        packageType: "Zip",
        revisionId: undefined,
      },
    );
  });

  it("selects by prefix, name and all of several tags together", async () => {
    test.emulator.seed({
      functions: [
        { name: "api-a" },
        { name: "api-b" },
        { name: "job", tags: { team: "data", environment: "dev" } },
        { name: "half", tags: { team: "data" } },
        { name: "named" },
        { name: "my-api-c" },
      ],
    });
    const aws = await test.connect();
    const selection = { prefix: "api-", names: ["named"], tags: { team: "data", environment: "dev" } };
    const { functions } = await aws.listFunctions(selection);
    assert.deepEqual(names(functions), ["api-a", "api-b", "job", "named"]);
    assert.deepEqual(test.emulator.counts(), { GetResources: 1, ListFunctions: 1 });
  });

  it("asks the tagging API for tags, 100 a page, and never for a single function", async () => {
    const seeded = Array.from({ length: 130 }, (_, i) => ({
      name: `fn-${1000 + i}`,
      tags: { team: i < 120 ? "a" : "b" },
    }));
    test.emulator.seed({ functions: seeded });
    const aws = await test.connect();
    const { functions } = await aws.listFunctions({ tags: { team: "a" } });
    assert.equal(functions.length, 120);
    assert.deepEqual(test.emulator.counts(), { GetResources: 2, ListFunctions: 3 });

    test.emulator.resetCounts();
    assert.equal((await aws.listFunctions({ tags: { team: "b" } })).functions.length, 10);
    assert.deepEqual(test.emulator.counts(), { GetResources: 1, GetFunction: 10 });
  });

  it("selects by all tags of any of several sets, in one pass", async () => {
    const tags = (index: number): Record<string, string> =>
      index % 2 === 0 ? { environment: "dev" } : { "pulumi:stack": "dev" };
    const seeded = Array.from({ length: 60 }, (_, i) => ({ name: `fn-${10 + i}`, tags: tags(i) }));
    test.emulator.seed({ functions: [...seeded, { name: "other", tags: { environment: "prod" } }] });
    const aws = await test.connect();
    const { functions } = await aws.listFunctions({ tags: [{ environment: "dev" }, { "pulumi:stack": "dev" }, {}] });
    assert.deepEqual(names(functions), names(seeded));
    assert.deepEqual(test.emulator.counts(), { GetResources: 2, ListFunctions: 2 });
  });

  it("says which functions have old published versions, in the same pass", async () => {
    const seeded = Array.from({ length: 51 }, (_, i) => ({ name: `fn-${10 + i}`, layers: ["base:1"] }));
    test.emulator.seed({ layers: [{ name: "base", versions: 3 }], functions: seeded });
    const aws = await test.connect();
    await aws.publish(arnOf("fn-10"));
    test.emulator.edit("fn-10", { Layers: ["base:2"] });
    await aws.publish(arnOf("fn-11"));
    test.emulator.edit("fn-12", { Layers: ["base:2"] });
    await aws.publish(arnOf("fn-12"));
    const asked: string[] = [];
    test.emulator.resetCounts();
    const { functions, withOldVersions } = await aws.listFunctions(
      { all: true },
      {
        isOldVersion({ name, arn, layers }) {
          asked.push(name);
          assert.equal(arn, arnOf(name));
          return layers.includes(base(1));
        },
      },
    );
    assert.deepEqual(names(functions), names(seeded));
    assert.deepEqual(functions[0]?.layers, [base(2)]);
    assert.deepEqual(asked, ["fn-10", "fn-11", "fn-12"]);
    assert.deepEqual(withOldVersions, [arnOf("fn-10"), arnOf("fn-11")]);
    assert.deepEqual(test.emulator.counts(), { ListFunctions: 2 });
  });

  it("says which functions have an update in progress, if they are read one by one", async () => {
    test.emulator.seed({ functions: ["a", "b", "c"].map((name) => ({ name })) });
    test.emulator.configure({ updateDelayMs: 3_600_000 });
    const aws = await test.connect();
    const { functions } = await aws.listFunctions({ names: ["a", "b", "c"] });
    test.emulator.seed({ layers: [{ name: "base", versions: 1 }] });
    await aws.reconcile(functions.slice(1, 2), () => [base(1)], { deadlineMs: 1 });
    const { busy } = await aws.listFunctions({ names: ["a", "b", "c"] });
    assert.deepEqual(busy, [arnOf("b")]);
    assert.deepEqual(await aws.busyFunctions([arnOf("c"), arnOf("b")]), [arnOf("b")]);
    assert.equal((await aws.listFunctions({ all: true })).busy, undefined);
  });

  it("treats an empty selection as no functions", async () => {
    test.emulator.seed({ functions: [{ name: "a" }] });
    const aws = await test.connect();
    for (const selection of [{}, { names: [] }, { tags: {} }]) {
      assert.deepEqual(await aws.listFunctions(selection), { functions: [], missing: [], busy: [] });
    }
    assert.deepEqual(test.emulator.counts(), {});
  });

  it("tolerates faults on every page", async () => {
    test.emulator.seed({ functions: Array.from({ length: 160 }, (_, i) => ({ name: `fn-${1000 + i}` })) });
    test.emulator.fault({ operation: "ListFunctions", skip: 1, times: 1, status: 500 });
    test.emulator.fault({ operation: "ListFunctions", skip: 2, times: 1, drop: true });
    test.emulator.fault({ operation: "ListFunctions", skip: 3, times: 1, status: 429 });
    const aws = await test.connect();
    assert.equal((await aws.listFunctions({ all: true })).functions.length, 160);
    assert.equal(test.emulator.counts().ListFunctions, 4 + 3);
  });
});
