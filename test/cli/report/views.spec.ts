import assert from "node:assert/strict";
import fc from "fast-check";
import type { Log } from "sarif";
import { statusSummary } from "../../../sdk/cli/ci";
import { assessmentDocument } from "../../../sdk/cli/json";
import { renderStatusMarkdown } from "../../../sdk/cli/report/markdown";
import { renderPage } from "../../../sdk/cli/report/page";
import { renderSarif } from "../../../sdk/cli/report/sarif";
import { verdictOf } from "../../../sdk/cli/report/verdict";
import { counts } from "../../support/counts";
import { fn, stackOf } from "./samples";

/** One layer of a function: the versions that the state and AWS have; undefined if they do not have the layer. */
interface Layer {
  readonly recorded: number | undefined;
  readonly live: number | undefined;
}

/** A function with its layers `base` (declared at 5), `tools` (3 or newer) and `free` (not declared). */
interface Estate {
  readonly layers: Readonly<Record<"base" | "tools" | "free", Layer>>;
  readonly region: string;
  readonly isRead: boolean;
}

const version = fc.option(fc.integer({ min: 2, max: 6 }), { nil: undefined });
const anyLayer = fc.record<Layer>({ recorded: version, live: version });
const estates = fc.array(
  fc.record<Estate>({
    layers: fc.record({ base: anyLayer, tools: anyLayer, free: anyLayer }),
    region: fc.constantFrom("us-east-1", "eu-west-1"),
    isRead: fc.boolean(),
  }),
  { maxLength: 12 },
);

/** The standing of each layer of a function, in the contract's words. */
function expected({ layers, isRead }: Estate): ("drift" | "unknown" | "fine")[] {
  return Object.entries(layers).flatMap(([name, { recorded, live }]) => {
    const known = isRead ? live : undefined;
    if (recorded === undefined && known === undefined) return [];
    if (name === "free") return ["fine" as const];
    const isWrong = (one: number | undefined) => one !== undefined && (name === "base" ? one !== 5 : one < 3);
    const isLost = isRead && recorded !== undefined && live === undefined;
    if (isWrong(recorded) || isWrong(known) || isLost) return ["drift" as const];
    return [isRead ? ("fine" as const) : ("unknown" as const)];
  });
}

function stackOfEstates(all: readonly Estate[]) {
  const functions = all.map(({ layers, region, isRead }, index) => {
    const having = (place: keyof Layer) =>
      Object.entries(layers).flatMap(([name, layer]) =>
        layer[place] === undefined ? [] : [`${name}:${layer[place]}`],
      );
    // Every other function shares its name with another.
    return fn(`fn-${index >> 1}`, { region, recorded: having("recorded"), live: isRead ? having("live") : "unread" });
  });
  return stackOf(functions);
}

describe("the views of an assessment", () => {
  it("agree on what is not as declared and what is not known", () => {
    const property = fc.property(estates, (all) => {
      const verdicts = all.flatMap(expected);
      const number = (verdict: string) => verdicts.filter((one) => one === verdict).length;
      const [drift, unknown] = [number("drift"), number("unknown")];
      const stack = stackOfEstates(all);

      const { totals, rows } = JSON.parse(JSON.stringify(assessmentDocument(stack)));
      assert.equal(totals.layersOfFunctions, verdicts.length);
      assert.deepEqual([totals.drift, totals.unknown], [drift, unknown]);
      assert.equal(rows.filter((row: { drift: boolean }) => row.drift).length, drift);

      const summary = statusSummary(stack);
      assert.deepEqual([summary.changes, summary.totals?.drift, summary.totals?.unknown], [drift, drift, unknown]);

      const { runs } = JSON.parse(renderSarif([stack], { version: "1.2.3", configUri: () => "x.yaml" })) as Log;
      assert.equal(runs[0]?.results?.length, drift);

      const markdown = renderStatusMarkdown([stack]);
      assert.equal(markdown.split("\n").filter((line) => line.startsWith("| <code>")).length, drift + unknown);

      const page = renderPage([stack], { configFile: "x.yaml", time: new Date(0) });
      const cells = (kind: string) => page.split(`<td class="${kind}">`).length - 1;
      assert.deepEqual([cells("drift"), cells("unknown")], [drift, unknown]);

      const { sign } = verdictOf(stack);
      if (drift + unknown > 0) assert.equal(sign, drift > 0 ? "≠" : "?");
      else assert.notEqual(sign, "≠");
      assert.ok(markdown.startsWith(`### ${sign} `), markdown);
      assert.ok(page.includes(`<title>${sign} `), sign);
    });
    fc.assert(property, counts({ sample: 100, full: 5_000 }));
  });

  it("say how many exceptions are declared, and what of them needs attention", () => {
    const one = { entry: "base", when: { function: ["api"] }, reason: undefined, until: undefined, at: "c.yaml:3" };
    const kinds = {
      fine: { ...one, expired: false, functions: 1, needed: true },
      idle: { ...one, expired: false, functions: 1, needed: false },
      elsewhere: { ...one, expired: false, functions: 0, needed: false },
      expired: { ...one, expired: true, functions: 1, needed: true },
    };
    const summaryOf = (...names: (keyof typeof kinds)[]) => {
      const stack = stackOf([fn("api")], { exceptions: names.map((name) => kinds[name]) });
      const page = renderPage([stack], { configFile: "c.yaml", time: new Date(0) });
      return /<summary>(\d exceptions? [^<]*)</.exec(page)?.[1];
    };
    assert.equal(summaryOf("expired"), "1 exception declared, 1 expired");
    assert.equal(summaryOf("fine", "elsewhere"), "2 exceptions declared");
    assert.equal(summaryOf("idle", "fine", "expired"), "3 exceptions declared, 1 expired, 1 no longer needed");
    assert.equal(summaryOf(), undefined);
  });
});
