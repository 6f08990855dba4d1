import assert from "node:assert/strict";
import fc from "fast-check";
import type { PublishedVersion } from "../../sdk/core/live";
import { openVersions, versionsNear } from "../../sdk/ops/versions";
import type { AwsPort } from "../../sdk/ports";
import { useAws } from "../aws/harness";
import { counts } from "../support/counts";

const theirs = "464622532012";
const own = (name: string) => `arn:aws:lambda:us-east-1:123456789012:layer:${name}`;
const foreign = (name: string) => `arn:aws:lambda:us-east-1:${theirs}:layer:${name}`;

async function first(count: number, versions: AsyncIterable<PublishedVersion>): Promise<number[]> {
  const found: number[] = [];
  for await (const { version } of versions) if (found.push(version) >= count) break;
  return found;
}

describe("the versions of a layer, newest first,", () => {
  const test = useAws();
  const open = async (arn: string, known: number, latest?: string) =>
    openVersions(await test.connect(), { arn, known, latest });

  beforeEach(() => {
    test.emulator.seed({
      layers: [
        { name: "base", versions: 1000, deleted: [1000, 998], compatibleRuntimes: ["python3.12"] },
        { name: "shared", account: theirs, versions: 1000, deleted: [999, 998, 512, 513, 514] },
        { name: "small", account: theirs, versions: 3 },
        { name: "private", account: theirs, versions: 3, sharedWith: [] },
      ],
      parameters: {
        "/base": `${own("base")}:700`,
        "/number": "12\n",
        "/other": `${own("other")}:7`,
        "/text": "newest",
      },
    });
  });

  it("are listed for a layer of the account, in one request if they fit one page", async () => {
    const { source, versions } = await open(own("base"), 1);
    assert.equal(source, "list");
    assert.deepEqual(await first(3, versions), [999, 997, 996]);
    assert.deepEqual(test.emulator.counts(), { ListLayerVersions: 1 });
  });

  it("are listed to the end, page by page", async () => {
    const { versions } = await open(own("base"), 1);
    assert.equal((await first(2000, versions)).length, 998);
    assert.deepEqual(test.emulator.counts(), { ListLayerVersions: 20 });
  });

  it("include what the publisher says about them, and when they were published", async () => {
    const { versions } = await open(own("base"), 1);
    for await (const { arn, compatibleRuntimes, published } of versions) {
      assert.deepEqual([arn, compatibleRuntimes], [`${own("base")}:999`, ["python3.12"]]);
      assert.ok(published && Math.abs(published.getTime() - Date.now()) < 600_000);
      break;
    }
  });

  it("are an empty list if the account has no such layer", async () => {
    assert.deepEqual(await first(9, (await open(own("nothing"), 4)).versions), []);
  });

  for (const known of [1, 97, 998, 1000]) {
    it(`are searched upwards from ${known} for a layer that another account shares, in few requests`, async () => {
      const { source, versions } = await open(foreign("shared"), known);
      assert.equal(source, "search");
      assert.deepEqual(await first(2, versions), [1000, 997]);
      const { ListLayerVersions, GetLayerVersion = 0, ...others } = test.emulator.counts();
      assert.deepEqual([ListLayerVersions, others], [1, {}]);
      assert.ok(GetLayerVersion <= 60, `${GetLayerVersion} requests`);
    });
  }

  it("are an empty list if another account shares nothing, which takes few requests", async () => {
    assert.deepEqual(await first(9, (await open(foreign("private"), 2)).versions), []);
    assert.ok((test.emulator.counts().GetLayerVersion ?? 0) <= 10);
  });

  it("end at version 1", async () => {
    assert.deepEqual(await first(9, (await open(foreign("small"), 1)).versions), [3, 2, 1]);
  });

  it("begin at the one that an SSM parameter names, by ARN or by number", async () => {
    const { source, versions } = await open(own("base"), 5, "ssm:/base");
    assert.equal(source, "parameter");
    assert.deepEqual(await first(2, versions), [700, 699]);
    assert.deepEqual(await first(1, (await open(own("base"), 5, "ssm:/number")).versions), [12]);
  });

  it("do not begin at a parameter that is older than the known version", async () => {
    const message = /parameter \/number names version 12, which is older than the declared version 13 \(in us-east-1\)/;
    await assert.rejects(open(own("base"), 13, "ssm:/number"), { code: "not-known", message });
  });

  it("nearest to one are a few on both sides of it", async () => {
    const near = async (arn: string, wanted: number) =>
      versionsNear(await test.connect(), { arn, known: 1, latest: undefined }, wanted, 2);
    assert.deepEqual(await near(own("base"), 998), [999, 997, 996]);
    assert.deepEqual(await near(own("base"), 5000), [999, 997]);
    assert.deepEqual(await near(foreign("small"), 9), [3, 2]);
    assert.deepEqual(await near(own("nothing"), 9), []);
  });

  for (const [name, message] of [
    ["/none", /SSM parameter \/none does not exist \(in us-east-1\)/],
    ["/text", /SSM parameter \/text holds newest, which is not a version of/],
    ["/other", /holds arn:.*:other:7, which is not a version of .*:base/],
  ] as const) {
    it(`are not guessed if parameter ${name} does not name one`, async () => {
      await assert.rejects(open(own("base"), 5, `ssm:${name}`), { code: "not-known", message });
    });
  }

  it("are found despite gaps, as long as these are narrow, in a bounded number of requests", async () => {
    const layers = fc
      .record({
        newest: fc.integer({ min: 1, max: 5_000 }),
        from: fc.double({ min: 0, max: 1, noNaN: true }),
        gap: fc.integer({ min: 0, max: 3 }),
        every: fc.integer({ min: 4, max: 50 }),
      })
      .map(({ newest, from, gap, every }) => ({
        newest,
        known: Math.max(1, Math.floor(newest * from)),
        // Every N versions some are gone.
        exists: (version: number) => version <= newest && (version === newest || version % every >= gap),
      }));
    const property = fc.asyncProperty(layers, async ({ newest, known, exists }) => {
      let requests = 0;
      const aws = {
        listLayerVersions: async () => "denied",
        async layerVersion(arn: string) {
          requests++;
          const version = Number(arn.split(":").at(-1));
          return exists(version) ? { arn, compatibleRuntimes: [], compatibleArchitectures: [] } : "denied";
        },
      } as unknown as AwsPort;
      const { versions } = await openVersions(aws, { arn: foreign("any"), known, latest: undefined });
      assert.deepEqual(await first(1, versions), [newest]);
      assert.ok(requests <= 4 * (2 * Math.log2(newest - known + 2) + 3), `${requests} requests`);
    });
    await fc.assert(property, counts({ sample: 200, full: 20_000 }));
  });
});
