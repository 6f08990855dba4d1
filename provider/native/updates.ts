import * as handlers from "../handlers";
import { cleanLines } from "../host/say";
import { previewAliases } from "../reconcile/apply";
import type { Recorded } from "../resource/record";
import { hasUnknown, unknown } from "../resource/selection";
import type { Plan } from "./checks";
import { failuresOf, isPartial, type PartialFailure } from "./failures";
import type { Handling } from "./handling";
import { type Operation, PartiallyDone } from "./operation";
import { type FunctionStanding, plannedVersions, standingsOf } from "./planned";
import { checkedOf, hasViews, outputsOf, recordedOf } from "./records";
import { nameOf, placeOf } from "./urn";
import type { Values } from "./values";
import { removals, rowsLine, type ViewStep, viewSteps, withinLimit } from "./views";

/** The message for an engine that does not support entries below a resource. */
const oldEngine =
  "This version of Pulumi cannot show a row for each function. Pulumi 3.176 and newer can (3.177 for YAML programs). The preview's lines and the property `drift` say what changes. Set `views: false` to hide this message.";

/** Creates, updates and deletes resources, each with the entries of its functions. */
export class Updates {
  #hasReportedOldEngine = false;

  constructor(private readonly handling: Handling) {}

  async create(operation: Operation, plan: Plan, news: Values): Promise<{ id: string; outputs: Values }> {
    const { id, outs } = await this.#apply(operation, plan, undefined, news, async () => {
      const created = await handlers.create(checkedOf(news));
      return { id: created.id, outs: created.outs as Recorded };
    });
    return { id, outputs: outputsOf(outs, news) };
  }

  async update(operation: Operation, plan: Plan, id: string, olds: Values, news: Values): Promise<Values> {
    const was = recordedOf(olds);
    const { outs } = await this.#apply(operation, plan, was, news, async () => {
      const updated = await handlers.update(id, was, checkedOf(news));
      return { outs: updated.outs as Recorded };
    });
    return outputsOf(outs, news);
  }

  async delete(operation: Operation, id: string, olds: Values): Promise<void> {
    const recorded = recordedOf(olds);
    await this.handling.run(operation.urn, () => handlers.delete(id, recorded));
    await this.#publish(operation, removals(operation.views ?? []));
  }

  /** Reports the plan, and answers with the state after the update. */
  async preview(
    operation: Operation,
    { lines, moving }: Plan,
    olds: Recorded | undefined,
    news: Values,
  ): Promise<Values> {
    const { urn } = operation;
    const { engine } = this.handling;
    for (const line of lines) engine.log(cleanLines(line), urn);
    const checked = checkedOf(news);
    if (hasUnknown(checked.functions) && typeof checked.functions === "string") {
      await engine.flushed();
      return outputsOf({ ...checked, functions: unknown, before: unknown } as unknown as Recorded, news);
    }
    const standings = standingsOf(checked, olds, namesOf(moving));
    this.#warnOfRows(operation, news, standings);
    await this.handling.run(urn, () => previewAliases(checked, moving ?? []));
    await this.#publishViews(operation, news, standings);
    return outputsOf({ ...checked, functions: plannedVersions(standings) } as unknown as Recorded, news);
  }

  async #apply<T extends { readonly outs: Recorded }>(
    operation: Operation,
    { moving }: Plan,
    olds: Recorded | undefined,
    news: Values,
    work: () => Promise<T>,
  ): Promise<T> {
    const standings = standingsOf(checkedOf(news), olds, namesOf(moving));
    this.#warnOfRows(operation, news, standings);
    try {
      const done = await this.handling.run(operation.urn, work);
      await this.#publishViews(operation, news, withLive(standings, done.outs.functions));
      return done;
    } catch (error) {
      if (!isPartial(error)) throw error;
      const reached = withLive(standings, error.properties.functions);
      await this.#publishViews(operation, news, reached, failuresOf(standings, error));
      throw partiallyDone(error, news);
    }
  }

  /** Explains why functions have no rows, unless the program opted out. */
  #warnOfRows(operation: Operation, news: Values, standings: readonly FunctionStanding[]): void {
    const { urn, preview = false, status, views = [] } = operation;
    if (!hasViews(news) || standings.length === 0) return;
    const { engine } = this.handling;
    if (status) {
      const line = preview ? undefined : rowsLine(viewSteps(nameOf(urn), standings, views));
      if (line) engine.log(line, urn);
    } else if (!this.#hasReportedOldEngine) {
      this.#hasReportedOldEngine = true;
      engine.log(oldEngine, urn);
    }
  }

  #publishViews(
    operation: Operation,
    news: Values,
    standings: readonly FunctionStanding[],
    failures?: ReadonlyMap<string, string>,
  ): Promise<void> {
    const recorded = operation.views ?? [];
    if (!hasViews(news)) return this.#publish(operation, removals(recorded));
    const steps = viewSteps(nameOf(operation.urn), standings, recorded, failures);
    return this.#publish(operation, withinLimit(steps, { preview: operation.preview ?? false }));
  }

  async #publish({ status, urn }: Operation, steps: readonly ViewStep[]): Promise<void> {
    if (status) await this.handling.engine.publish(status, urn, steps);
  }
}

/** @throws Error the resource's name or parent differs from the one recorded in its entries */
export function refuseToLeaveViews({ urn, views = [], viewsBelow }: Operation): void {
  if (views.length === 0 || viewsBelow === undefined || viewsBelow === placeOf(urn)) return;
  throw new Error(
    `This resource was recorded as ${viewsBelow}, and Pulumi cannot move the rows of its functions to another name or parent. Nothing was changed. First run \`pulumi up\` with \`views: false\` and the old name and parent; then rename it, and take \`views\` out again.`,
  );
}

function namesOf(moving: Plan["moving"]): ReadonlySet<string> | undefined {
  return moving && new Set(moving.map(({ name }) => name));
}

function withLive(standings: readonly FunctionStanding[], live: Recorded["functions"]): FunctionStanding[] {
  return standings.map((one) => ({ ...one, to: live[one.name] ?? one.to }));
}

function partiallyDone({ id, properties, reasons }: PartialFailure, news: Values): PartiallyDone {
  return new PartiallyDone(id, outputsOf(properties as Recorded, news), reasons);
}
