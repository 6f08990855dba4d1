import assert from "node:assert/strict";
import { keepJournal } from "../../../provider/reconcile/journal";
import { knownElsewhere } from "../../../provider/reconcile/known-elsewhere";
import type { OtherRecord, Settings } from "../../../provider/resource/record";
import type { LiveFunction } from "../../../sdk/core/live";
import { usePulumiHome } from "../pulumi-home";

const arn = "arn:aws:lambda:us-east-1:123456789012";
const api: LiveFunction = {
  ...{ name: "api", arn: `${arn}:function:api`, layers: [`${arn}:layer:base:5`], runtime: undefined },
  ...{ architectures: [], packageType: "Zip", revisionId: "1" },
};
const settings: Settings = { configFile: "layer_config.yaml", region: "us-east-1", before: {} };
const other = (others: Partial<OtherRecord>): OtherRecord => ({
  ...{ name: "old", region: "us-east-1", functions: { api: { base: 5 } }, before: { api: { base: 1 } } },
  ...others,
});

describe("what functions had at first, as it is known elsewhere", () => {
  usePulumiHome();

  it("includes what another resource of the stack records for the same functions", async () => {
    const { before, lines } = await knownElsewhere([api], [other({})], settings);
    assert.deepEqual(before, { api: { base: 1 } });
    assert.match(lines.join(), /^These functions are also recorded by old: api\./);
  });

  it("is what the resource itself records if the engine replaces it, without a line", async () => {
    const { before, lines } = await knownElsewhere([api], [other({ isOwn: true })], settings);
    assert.deepEqual([before, lines], [{ api: { base: 1 } }, []]);
  });

  for (const elsewhere of [{ region: "eu-west-1" }, { profile: "prod" }, { roleArn: "arn:aws:iam::1:role/r" }]) {
    it(`excludes what a resource records for functions of that name elsewhere: ${Object.keys(elsewhere)}`, async () => {
      const { before, lines } = await knownElsewhere([api], [other(elsewhere)], settings);
      assert.deepEqual([before, lines], [{}, []]);
    });
  }

  it("includes what an interrupted update kept, for functions that are as it found or left them", async () => {
    await keepJournal({ before: { [api.arn]: { base: 1 } }, after: { [api.arn]: { base: 5 } } });
    const known = await knownElsewhere([api], [], settings);
    assert.deepEqual([known.before, known.journals.length], [{ api: { base: 1 } }, 1]);
    const moved = { ...api, layers: [`${arn}:layer:base:7`] };
    assert.deepEqual((await knownElsewhere([moved], [], settings)).before, {});
  });
});
