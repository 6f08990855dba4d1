import assert from "node:assert/strict";
import {
  DeleteFunctionCommand,
  ListFunctionsCommand,
  ListLayerVersionsCommand,
  PublishVersionCommand,
  paginateListFunctions,
  paginateListVersionsByFunction,
} from "@aws-sdk/client-lambda";
import { GetResourcesCommand, paginateGetResources } from "@aws-sdk/client-resource-groups-tagging-api";
import fc from "fast-check";
import { refused } from "./conformance/aws";
import { useEmulator } from "./harness";
import { page } from "./pages";

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `function-${index}`);

describe("pages", () => {
  it("contain every item once, in order, and no more than requested", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 120 }), (count, size) => {
        const items = Array.from({ length: count }, (_, index) => index);
        const seen: number[] = [];
        let marker: string | undefined;
        do {
          const found = page(items, (item) => item, { marker, size }, 50);
          assert.ok(found.items.length <= Math.min(size, 50));
          seen.push(...found.items);
          marker = found.next;
        } while (marker);
        assert.deepEqual(seen, items);
      }),
    );
  });

  it("are not followed by an empty one", () => {
    const items = Array.from({ length: 100 }, (_, index) => index);
    const first = page(items, (item) => item, {}, 50);
    assert.equal(page(items, (item) => item, { marker: first.next }, 50).next, undefined);
  });
});

describe("the emulator's listings", () => {
  const test = useEmulator({}, {});

  it("have 50 functions a page, however many are requested", async () => {
    test.emulator.seed({ functions: numbered(120).map((name) => ({ name })) });
    const sizes: number[] = [];
    const names: (string | undefined)[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: test.aws.lambda, pageSize: 10_000 }, {})) {
      sizes.push(Functions.length);
      names.push(...Functions.map(({ FunctionName }) => FunctionName));
    }
    assert.deepEqual(sizes, [50, 50, 20]);
    assert.deepEqual(names, numbered(120));
    assert.deepEqual(test.emulator.counts(), { ListFunctions: 3 });
  });

  it("neither miss nor repeat a function if another one is deleted between two pages", async () => {
    test.emulator.seed({ functions: numbered(60).map((name) => ({ name })) });
    const first = await test.aws.lambda.send(new ListFunctionsCommand({}));
    await test.aws.lambda.send(new DeleteFunctionCommand({ FunctionName: "function-3" }));
    const second = await test.aws.lambda.send(new ListFunctionsCommand({ Marker: first.NextMarker }));
    assert.deepEqual(
      second.Functions?.map(({ FunctionName }) => FunctionName),
      numbered(60).slice(50),
    );
  });

  it("include published versions on request", async () => {
    test.emulator.seed({ functions: [{ name: "a" }, { name: "b" }] });
    await test.aws.lambda.send(new PublishVersionCommand({ FunctionName: "a" }));
    const { Functions } = await test.aws.lambda.send(new ListFunctionsCommand({ FunctionVersion: "ALL" }));
    assert.deepEqual(
      Functions?.map(({ FunctionArn }) => FunctionArn?.split(":").slice(6).join(":")),
      ["a:$LATEST", "a:1", "b:$LATEST"],
    );
  });

  it("page through layer versions, newest first", async () => {
    test.emulator.seed({ layers: [{ name: "base", versions: 120, deleted: [120, 60] }] });
    const pages: (number | undefined)[][] = [];
    let Marker: string | undefined;
    do {
      const found = await test.aws.lambda.send(new ListLayerVersionsCommand({ LayerName: "base", Marker }));
      pages.push((found.LayerVersions ?? []).map(({ Version }) => Version));
      Marker = found.NextMarker;
    } while (Marker);
    const expected = Array.from({ length: 119 }, (_, index) => 119 - index).filter((version) => version !== 60);
    assert.deepEqual(pages, [expected.slice(0, 50), expected.slice(50, 100), expected.slice(100)]);
  });

  it("can be limited to layer versions for a runtime and an architecture", async () => {
    const layer = { name: "base", compatibleRuntimes: ["python3.12" as const] };
    test.emulator.seed({ layers: [{ ...layer, versions: 1 }] });
    test.emulator.seed({ layers: [{ ...layer, versions: 2, compatibleArchitectures: ["arm64"] }] });
    const list = async (filter: object) =>
      (await test.aws.lambda.send(new ListLayerVersionsCommand({ LayerName: "base", ...filter }))).LayerVersions?.map(
        ({ Version }) => Version,
      );
    assert.deepEqual(await list({ CompatibleRuntime: "python3.12" }), [2, 1]);
    assert.deepEqual(await list({ CompatibleArchitecture: "arm64" }), [2]);
    assert.deepEqual(await list({ CompatibleRuntime: "nodejs22.x" }), []);
  });

  it("page through a function's versions", async () => {
    test.emulator.seed({ functions: [{ name: "api" }] });
    for (let version = 1; version <= 60; version += 1) {
      await test.aws.lambda.send(new PublishVersionCommand({ FunctionName: "api" }));
      test.emulator.edit("api", { Timeout: version });
    }
    const versions: (string | undefined)[] = [];
    const pages = paginateListVersionsByFunction({ client: test.aws.lambda }, { FunctionName: "api" });
    for await (const { Versions = [] } of pages) versions.push(...Versions.map(({ Version }) => Version));
    assert.deepEqual(versions, ["$LATEST", ...Array.from({ length: 60 }, (_, index) => `${index + 1}`)]);
    assert.equal(test.emulator.counts("api").ListVersionsByFunction, 2);
  });

  it("have 100 tagged functions a page, and no untagged one", async () => {
    const tagged = numbered(230).map((name, index) => ({ name, tags: index % 2 ? { environment: "dev" } : undefined }));
    test.emulator.seed({ functions: tagged });
    const sizes: number[] = [];
    const pages = paginateGetResources({ client: test.aws.tagging }, { ResourceTypeFilters: ["lambda:function"] });
    for await (const { ResourceTagMappingList = [] } of pages) sizes.push(ResourceTagMappingList.length);
    assert.deepEqual(sizes, [100, 15]);
    const two = await test.aws.tagging.send(new GetResourcesCommand({ ResourcesPerPage: 2 }));
    assert.equal(two.ResourceTagMappingList?.length, 2);
  });

  it("refuse a foreign marker, and an empty page size", async () => {
    const call = test.aws.lambda.send(new ListFunctionsCommand({ Marker: "nonsense" }));
    await refused(call, "InvalidParameterValueException", 400, /marker/);
    const none = test.aws.lambda.send(new ListFunctionsCommand({ MaxItems: 0 }));
    await refused(none, "ValidationException", 400, /maxItems/);
  });
});
