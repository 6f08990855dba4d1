// What the engine asks of the plugin, in plain values: the handlers do the work, and the server speaks the protocol.

import { isDeepStrictEqual } from "node:util";
import { LayersError } from "../../sdk/core/errors";
import { previewAliases } from "../apply";
import * as handlers from "../handlers";
import { withHost } from "../host";
import type { Checked, Recorded } from "../record";
import { cleanLines } from "../say";
import { hasUnknown, unknown } from "../selection";
import { readDeclaring, type Surroundings } from "./declaring";
import { changesBetween, type PropertyChange } from "./diff";
import type { Engine, StatusTarget } from "./engine";
import { failuresOf, isPartial, type PartialFailure } from "./failures";
import { readSelection } from "./import";
import { functions, providerConfig } from "./interface";
import { Invokes } from "./invokes";
import { type FunctionStanding, plannedVersions, standingsOf } from "./planned";
import { type InputProblem, problemsOf } from "./problems";
import { checkedOf, hiddenBy, isComputed, isDynamic, outputsOf, recordedOf, wantsViews } from "./records";
import type { FunctionSelection, LayerVersionsInputs, ProviderConfig } from "./types";
import { nameOf, requireResource, stackOf } from "./urn";
import { open, seal, type Values } from "./values";
import { type RecordedView, removals, viewSteps, withinLimit } from "./views";

/** A resource as the engine names it, and where its entries go. */
export interface Operation {
  readonly urn: string;
  readonly preview?: boolean;
  /** Undefined if the engine knows no entries below a resource. */
  readonly status?: StatusTarget;
  readonly views?: readonly RecordedView[];
}

/** What a check came to. */
export interface CheckedInputs {
  readonly inputs: Values;
  readonly problems: readonly InputProblem[];
}

/** What a preview says of a resource. */
interface Plan {
  readonly lines: readonly string[];
  /** The functions that are going to move. */
  readonly moving: readonly { readonly arn: string }[];
}

/** A failure that leaves something to record. */
export class PartiallyDone extends Error {
  constructor(
    readonly id: string,
    readonly outputs: Values,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("\n"));
  }
}

/** One configured provider. */
export class Plugin {
  #around: Surroundings = { stack: "", config: {} };
  readonly #invokes = new Invokes();
  readonly #cancelled = new AbortController();
  /** What a preview says of each resource: only `create` and `update` know that there is one. */
  readonly #plans = new Map<string, Plan>();

  constructor(private readonly engine: Engine) {}

  /** Stops between functions: what was done is recorded. */
  cancel(): void {
    this.#cancelled.abort();
  }

  checkConfig(news: Values): CheckedInputs {
    const { version: _version, pluginDownloadURL: _url, ...config } = open(news).values;
    return { inputs: news, problems: problemsOf(config, providerConfig) };
  }

  /** @param urn of the provider, which names the stack */
  configure(urn: string, config: Values): void {
    const { configFile, region, profile, roleArn } = open(config).values as ProviderConfig;
    this.#around = { stack: stackOf(urn), config: { configFile, region, profile, roleArn } };
  }

  async check(urn: string, olds: Values, news: Values): Promise<CheckedInputs> {
    requireResource(urn);
    const { values, secrets } = open(news);
    const declaring = readDeclaring(nameOf(urn), values as LayerVersionsInputs, this.#aroundOf(urn));
    // The engine prints the value of the property that a problem names.
    if (declaring.is === "wrong")
      return {
        inputs: news,
        problems: declaring.problems.map(({ path, reason }) =>
          secrets.has(topOf(path)) ? { path: "", reason: `${path}: ${reason}` } : { path, reason },
        ),
      };
    const hidden = hiddenBy(secrets);
    if (declaring.is === "unknown") {
      const later = { versions: unknown, before: unknown, unresolved: unknown };
      return { inputs: { ...news, ...seal(later, hidden) }, problems: [] };
    }
    const { settings, request } = declaring;
    const lines: string[] = [];
    let moving: Plan["moving"] = [];
    const plan = {
      tell: (line: string) => void lines.push(line),
      moving(functions: Plan["moving"]) {
        moving = functions;
      },
    };
    const pinned = { ...request.pinned, names: [...this.#invokes.pinned] };
    const found = await this.#hosted(urn, hidden, () =>
      handlers.check(
        recordedOf(olds) as Partial<Checked>,
        {
          ...settings,
          request: { ...request, pinned, plan },
        } as Parameters<typeof handlers.check>[1],
      ),
    );
    this.#plans.set(urn, hidden.size > 0 ? { lines: [], moving: [] } : { lines, moving });
    const { functions: versions, ...record } = found.inputs as Partial<Checked>;
    const program = Object.fromEntries(Object.entries(news).filter(([name]) => !isComputed(name)));
    const inputs = { ...program, ...seal({ ...record, versions }, new Set([...secrets, ...hidden])) };
    const problems = (found.failures ?? []).map(({ property, reason }) => ({ path: property, reason }));
    return { inputs, problems };
  }

  /** What an update would change; undefined if nothing. */
  async diff(olds: Values, news: Values, oldInputs: Values): Promise<PropertyChange[] | undefined> {
    const [was, is] = [recordedOf(olds) as Partial<Recorded>, checkedOf(news)];
    const hasMoved = isDynamic(olds);
    const changesViews = !hasMoved && wantsViews(open(oldInputs).values) !== wantsViews(open(news).values);
    const { changes } = await handlers.diff("", was, is);
    if (!changes && !hasMoved && !changesViews) return undefined;
    return [...changesBetween(was, is), ...(changesViews ? [{ path: "views", kind: "update" } as const] : [])];
  }

  async create(operation: Operation, news: Values): Promise<{ id: string; outputs: Values }> {
    if (operation.preview) return { id: "", outputs: await this.#preview(operation, undefined, news) };
    const inputs = checkedOf(news);
    const done = await this.#apply(operation, undefined, news, async () => {
      const { id, outs } = await handlers.create(inputs);
      return { id, outs: outs as Recorded };
    });
    return { id: done.id, outputs: outputsOf(done.outs, news) };
  }

  async update(operation: Operation, id: string, olds: Values, news: Values): Promise<Values> {
    const was = recordedOf(olds);
    if (operation.preview) return this.#preview(operation, was, news);
    const { outs } = await this.#apply(operation, was, news, async () => {
      const updated = await handlers.update(id, was, checkedOf(news));
      return { id, outs: updated.outs as Recorded };
    });
    return outputsOf(outs, news);
  }

  /** The live versions of what is recorded; without a record, of what the id selects. */
  async read({ urn }: Operation, id: string, olds: Values, oldInputs: Values) {
    requireResource(urn);
    if (Object.keys(olds).length === 0) return this.#import(urn, id);
    const { values, secrets } = open(oldInputs);
    const recorded = recordedOf(olds);
    const found = await this.#hosted(urn, new Set(), () => handlers.read(id, recorded));
    const { functions: versions, before } = found.inputs as unknown as Recorded;
    const outputs = outputsOf(found.props as Recorded, oldInputs);
    // What is as it was recorded is no news: a refresh would show the drift that an update has repaired.
    if (isDeepStrictEqual(versions, recorded.functions)) return { id, outputs, inputs: oldInputs };
    const program = Object.fromEntries(Object.entries(values).filter(([name]) => !isComputed(name)));
    const inputs = seal(
      { ...(isDynamic(olds) ? {} : program), versions, before },
      new Set([...secrets, ...hiddenBy(secrets)]),
    );
    return { id, outputs, inputs };
  }

  async delete(operation: Operation, id: string, olds: Values): Promise<void> {
    const recorded = recordedOf(olds);
    await this.#hosted(operation.urn, new Set(), () => handlers.delete(id, recorded));
    await this.#publish(operation, removals(operation.views ?? []));
  }

  async invoke(token: string, args: Values): Promise<{ result: Values; problems: readonly InputProblem[] }> {
    const name = token.split(":").at(-1) ?? "";
    const known = Object.hasOwn(functions, name) ? functions[name as keyof typeof functions] : undefined;
    if (!known) throw new Error(`There is no function ${token}. Known are: ${Object.keys(functions).join(", ")}.`);
    const { values, secrets } = open(args);
    const problems = problemsOf(values, known.inputs);
    if (problems.length > 0) return { result: {}, problems };
    try {
      const answer = await this.#answer(name as keyof typeof functions, values);
      return { result: seal(answer, secrets.size > 0 ? new Set(Object.keys(answer)) : secrets), problems: [] };
    } catch (error) {
      if (!(error instanceof LayersError)) throw error;
      return { result: {}, problems: [{ path: "", reason: cleanLines(error.lines) }] };
    } finally {
      await this.engine.flushed();
    }
  }

  #answer(name: keyof typeof functions, values: Values): Promise<Values> | Values {
    const around = this.#around;
    const warn = (line: string) => this.engine.log(`Warning: ${line}`, "");
    switch (name) {
      case "getLayerVersionArn":
        return this.#invokes.getLayerVersionArn(values as never, around) as unknown as Promise<Values>;
      case "pinLayer":
        return this.#invokes.pinLayer(values as never, around, warn) as unknown as Promise<Values>;
      case "getDeclaredLayers":
        return this.#invokes.getDeclaredLayers(values, around) as unknown as Values;
    }
  }

  /** Tells the plan, and answers with what the update is going to leave. */
  async #preview(operation: Operation, olds: Recorded | undefined, news: Values): Promise<Values> {
    const { urn } = operation;
    const { lines, moving } = this.#plans.get(urn) ?? { lines: [], moving: [] };
    for (const line of lines) this.engine.log(cleanLines(line), urn);
    const checked = checkedOf(news);
    if (hasUnknown(checked.functions) && typeof checked.functions === "string") {
      await this.engine.flushed();
      return outputsOf({ ...checked, functions: unknown, before: unknown } as unknown as Recorded, news);
    }
    const standings = standingsOf(checked, olds);
    await this.#hosted(urn, new Set(), () => previewAliases(checked, moving));
    await this.#publishViews(operation, news, standings);
    return outputsOf({ ...checked, functions: plannedVersions(standings) } as unknown as Recorded, news);
  }

  async #apply<T extends { readonly outs: Recorded }>(
    operation: Operation,
    olds: Recorded | undefined,
    news: Values,
    work: () => Promise<T>,
  ): Promise<T> {
    const standings = standingsOf(checkedOf(news), olds);
    try {
      const done = await this.#hosted(operation.urn, new Set(), work);
      await this.#publishViews(operation, news, withLive(standings, done.outs.functions));
      return done;
    } catch (error) {
      if (!isPartial(error)) throw error;
      const reached = withLive(standings, error.properties.functions);
      await this.#publishViews(operation, news, reached, failuresOf(standings, error));
      throw partiallyDone(error, news);
    }
  }

  #publishViews(
    operation: Operation,
    news: Values,
    standings: readonly FunctionStanding[],
    failures?: ReadonlyMap<string, string>,
  ): Promise<void> {
    const { values, secrets } = open(news);
    const recorded = operation.views ?? [];
    // The name of an entry cannot be a secret.
    if (!wantsViews(values) || hiddenBy(secrets).size > 0) return this.#publish(operation, removals(recorded));
    const steps = viewSteps(standings, recorded, failures);
    return this.#publish(operation, withinLimit(steps, { preview: operation.preview ?? false }));
  }

  async #publish({ status, urn }: Operation, steps: ReturnType<typeof viewSteps>): Promise<void> {
    if (status) await this.engine.publish(status, urn, steps);
  }

  async #import(urn: string, id: string) {
    const functions = readSelection(id);
    const declaring = readDeclaring(nameOf(urn), { functions }, this.#aroundOf(urn));
    if (declaring.is !== "known")
      throw new Error(
        declaring.is === "wrong" ? declaring.problems.map(({ reason }) => reason).join("\n") : "Nothing is known.",
      );
    const { settings, request } = declaring;
    const found = await this.#hosted(urn, new Set(), () =>
      handlers.check({}, { ...settings, request } as Parameters<typeof handlers.check>[1]),
    );
    const [failed] = found.failures ?? [];
    if (failed) throw new Error(failed.reason);
    const { before } = found.inputs as Checked;
    if (Object.keys(before).length === 0) return undefined;
    const record = { ...settings, versions: before, before };
    return {
      id,
      outputs: record as Values,
      inputs: { ...record, functions: functions as FunctionSelection } as Values,
    };
  }

  /** Runs handlers whose lines appear at a resource, unless they may name what is secret. */
  async #hosted<T>(urn: string, hidden: ReadonlySet<string>, work: () => Promise<T>): Promise<T> {
    const log = (lines: string) => {
      if (hidden.size === 0) this.engine.log(lines, urn);
    };
    try {
      return await withHost({ signal: this.#cancelled.signal, log }, work);
    } finally {
      await this.engine.flushed();
    }
  }

  #aroundOf(urn: string): Surroundings {
    return { ...this.#around, stack: stackOf(urn) };
  }
}

function withLive(standings: readonly FunctionStanding[], live: Recorded["functions"]): FunctionStanding[] {
  return standings.map((one) => ({ ...one, to: live[one.name] ?? one.to }));
}

function partiallyDone({ id, properties, reasons }: PartialFailure, news: Values): PartiallyDone {
  return new PartiallyDone(id, outputsOf(properties as Recorded, news), reasons);
}

/** The property at the top that a path begins with. */
function topOf(path: string): string {
  return /^[^.[]*/.exec(path)?.[0] ?? path;
}
