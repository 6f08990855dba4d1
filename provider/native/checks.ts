import * as handlers from "../handlers";
import type { LayerVersionsInputs } from "../resource/inputs";
import { isTemplate, patternOf } from "../resource/name-template";
import type { Checked } from "../resource/record";
import { unknown } from "../resource/selection";
import { readDeclaring, type Surroundings } from "./declaring";
import type { Handling } from "./handling";
import type { CheckedInputs } from "./operation";
import { hasViews, hiddenBy, isComputed, recordedOf } from "./records";
import { nameOf, placeOf } from "./urn";
import { open, seal, type Values } from "./values";

/** A preview's lines about a resource. */
export interface Plan {
  readonly lines: readonly string[];
  /** The functions that will move; undefined if unknown, or not to be shown. */
  readonly moving?: readonly { readonly arn: string; readonly name: string }[];
}

const replacedWithRows =
  "The resource would be replaced together with another one (`replaceWith`), and Pulumi would record the row of each function twice, and then refuse the state. First run `pulumi up` with `views: false` and without that option.";

/** The checks of resources, and the lines for a preview: only `create` and `update` know whether it is one. */
export class Checks {
  readonly #plans = new Map<string, Plan>();
  /** Resources whose record may have rows and was not compared yet, by URN. */
  readonly #withRows = new Set<string>();

  constructor(
    private readonly handling: Handling,
    /** The names of functions whose layers the program pins, and templates of such names. */
    private readonly pinned: ReadonlySet<string>,
  ) {}

  /** The lines of a resource's check for a preview. */
  planOf(urn: string): Plan {
    return this.#plans.get(urn) ?? { lines: [] };
  }

  /** Notes a comparison, whose answer makes the engine delete rows before it replaces the resource. */
  noteDiff(urn: string): void {
    this.#withRows.delete(urn);
  }

  async check(urn: string, olds: Values, news: Values, around: Surroundings): Promise<CheckedInputs> {
    // The engine checks a resource again, without its record, if it is to be replaced.
    if (olds.rowsBelow !== undefined) this.#withRows.add(urn);
    else if (this.#withRows.has(urn)) return { inputs: news, problems: [{ path: "", reason: replacedWithRows }] };
    const { values, secrets } = open(news);
    const declaring = readDeclaring(nameOf(urn), values as LayerVersionsInputs, around);
    // The engine prints the value of the property that a problem names.
    if (declaring.is === "wrong")
      return {
        inputs: news,
        problems: declaring.problems.map(({ path, reason }) =>
          secrets.has(topOf(path)) ? { path: "", reason: `${path}: ${reason}` } : { path, reason },
        ),
      };
    const hidden = hiddenBy(secrets);
    // Pulumi would leave the entries of a renamed resource behind, without notifying the plugin.
    const place = hasViews(news) ? { rowsBelow: placeOf(urn) } : {};
    if (declaring.is === "unknown") {
      const later = { versions: unknown, before: unknown, unresolved: unknown };
      return { inputs: { ...news, ...place, ...seal(later, hidden) }, problems: [] };
    }
    const { settings, request } = declaring;
    const lines: string[] = [];
    let moving: Plan["moving"];
    const plan = {
      tell: (line: string) => void lines.push(line),
      moving(functions: Plan["moving"]) {
        moving = functions;
      },
    };
    const names = [...this.pinned].filter((name) => !isTemplate(name));
    const pinned = { ...request.pinned, names, autoNamed: [...this.pinned].filter(isTemplate).map(patternOf) };
    const declared = { ...settings, request: { ...request, pinned, plan } } as Parameters<typeof handlers.check>[1];
    const check = () => handlers.check(recordedOf(olds) as Partial<Checked>, declared);
    const found = await this.handling.run(urn, check, hidden);
    this.#plans.set(urn, hidden.size > 0 ? { lines: [] } : { lines, moving });
    const { functions: versions, ...record } = found.inputs as Partial<Checked>;
    const program = Object.fromEntries(Object.entries(news).filter(([name]) => !isComputed(name)));
    const inputs = { ...program, ...place, ...seal({ ...record, versions }, new Set([...secrets, ...hidden])) };
    const problems = (found.failures ?? []).map(({ property, reason }) => ({ path: property, reason }));
    return { inputs, problems };
  }
}

/** The property at the top that a path starts with. */
function topOf(path: string): string {
  return /^[^.[]*/.exec(path)?.[0] ?? path;
}
