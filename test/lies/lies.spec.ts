// AWS lies: whatever is answered, and whatever had really happened, each function is right in the end, or named as not
// right. Nothing reported is untrue, and doing what the user is advised to do then sets everything right.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { useFleet } from "../ops/fleet-harness";
import { seed, share, soak, tally } from "../support/counts";
import { type Case, cases } from "./matrix";
import { isRight, judge } from "./oracle";
import { roads } from "./roads";
import { disposeStack } from "./stack";

const sample = 8;

describe("whatever AWS, or something in its place, answers", function () {
  this.timeout(600_000);
  this.slow(60_000);
  const fleet = useFleet();
  const home = process.env.PULUMI_HOME;
  beforeEach(() => {
    // Journals of the resource's updates.
    process.env.PULUMI_HOME = fleet.dir;
  });
  afterEach(() => {
    if (home === undefined) delete process.env.PULUMI_HOME;
    else process.env.PULUMI_HOME = home;
  });

  after(disposeStack);

  for (const one of chosen()) {
    it(one.title, async () => {
      tally("cases of operation, answer and what had happened");
      const road = roads[one.road];
      await road.prepare(fleet, one.functions);
      one.order(fleet.emulator);
      const told = await road.run(fleet);
      assertRight(judge(fleet.emulator, road.wanted, told), told.text);

      fleet.emulator.clearFaults();
      const wanted = one.then === "finish" ? road.wanted : road.first;
      const after = await (one.then === "finish" ? road.finish(fleet) : road.undo?.(fleet));
      assert.ok(after);
      assertRight(judge(fleet.emulator, wanted, after), `${told.text}\n${after.text}`);
      assert.equal(after.exit, 0, after.text);
      const wrong = fleet.emulator.functions().filter((fn) => !isRight(fn, wanted));
      assertRight(
        wrong.map((fn) => `${fn.name} is not right: ${[fn.layers, ...Object.values(fn.served)].join("; ")}`),
        `${told.text}\n${after.text}`,
      );
    });
  }
});

function assertRight(wrong: readonly string[], text: string): void {
  if (wrong.length > 0) assert.fail(`${wrong.length}:\n${wrong.slice(0, 5).join("\n")}\n${text.slice(0, 3000)}`);
}

/** All in a soak test, or its share; otherwise a few short ones, chosen by the seed of the run. */
function chosen(): readonly Case[] {
  const place = ({ title }: Case) => createHash("sha1").update(`${seed}${title}`).digest("hex");
  const isOfShare = (one: Case) => Number.parseInt(place(one).slice(0, 6), 16) < share * 2 ** 24;
  if (soak) return cases.filter(isOfShare);
  const byRoad = Object.groupBy(
    cases.filter(({ isSlow }) => !isSlow),
    ({ title }) => (title.includes(" any answer ") ? "functions" : "accounts"),
  );
  return Object.values(byRoad).flatMap((some = []) =>
    some.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)).slice(0, sample / 2),
  );
}
