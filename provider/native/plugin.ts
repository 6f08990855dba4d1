// The plugin's operations in plain values: the handlers do the work, and the server speaks the protocol.

import { LayersError } from "../../sdk/core/errors";
import * as handlers from "../handlers";
import { cleanLines } from "../host/say";
import type { ProviderConfig } from "../resource/inputs";
import { type InputProblem, problemsOf } from "../resource/problems";
import type { Checked, Recorded } from "../resource/record";
import { Checks } from "./checks";
import type { Surroundings } from "./declaring";
import { changesBetween, type PropertyChange } from "./diff";
import type { Engine } from "./engine";
import { Handling } from "./handling";
import { functions, providerConfig } from "./interface";
import { Invokes } from "./invokes";
import type { CheckedInputs, Operation } from "./operation";
import { type Found, importSelected, refresh } from "./reads";
import { checkedOf, hasMovedWithViews, isDynamic, recordedOf, wantsViews } from "./records";
import { refuseToLeaveViews, Updates } from "./updates";
import { requireResource, stackOf } from "./urn";
import { open, seal, type Values } from "./values";
import { versionLines } from "./versions";

/** One configured provider. */
export class Plugin {
  #around: Surroundings = { stack: "", config: {} };
  readonly #invokes = new Invokes();
  readonly #handling: Handling;
  readonly #checks: Checks;
  readonly #updates: Updates;

  constructor(
    private readonly engine: Engine,
    /** The plugin's own version, which is the package's. */
    readonly version: string,
  ) {
    this.#handling = new Handling(engine);
    this.#checks = new Checks(this.#handling, this.#invokes.pinned);
    this.#updates = new Updates(this.#handling);
  }

  /** Stops between functions; what was done is recorded. */
  cancel(): void {
    this.#handling.cancel();
  }

  /** @param urn of the provider */
  async checkConfig(urn: string, olds: Values, news: Values): Promise<CheckedInputs> {
    const { version: asked, pluginDownloadURL: _url, ...config } = open(news).values;
    for (const line of versionLines({ own: this.version, asked, recorded: open(olds).values.version }))
      this.engine.log(`Warning: ${line}`, urn);
    await this.engine.flushed();
    return { inputs: news, problems: problemsOf(config, providerConfig) };
  }

  /** @param urn of the provider, which names the stack */
  configure(urn: string, config: Values): void {
    const { configFile, region, profile, roleArn } = open(config).values as ProviderConfig;
    this.#around = { stack: stackOf(urn), config: { configFile, region, profile, roleArn } };
  }

  async check(urn: string, olds: Values, news: Values): Promise<CheckedInputs> {
    requireResource(urn);
    return this.#checks.check(urn, olds, news, this.#aroundOf(urn));
  }

  /** What an update would change; undefined if nothing. */
  async diff(urn: string, olds: Values, news: Values, oldInputs: Values): Promise<PropertyChange[] | undefined> {
    this.#checks.noteDiff(urn);
    const [was, is] = [recordedOf(olds) as Partial<Recorded>, checkedOf(news)];
    const hasMoved = isDynamic(olds);
    const changesViews = !hasMoved && wantsViews(open(oldInputs).values) !== wantsViews(open(news).values);
    const { changes } = await handlers.diff("", was, is as Partial<Checked>);
    const isElsewhere = hasMovedWithViews(oldInputs, news);
    if (!changes && !hasMoved && !changesViews && !isElsewhere) return undefined;
    return [
      ...changesBetween(was, is),
      ...(changesViews ? [{ path: "views", kind: "update" } as const] : []),
      ...(isElsewhere ? [{ path: "rowsBelow", kind: "update" } as const] : []),
    ];
  }

  async create(operation: Operation, news: Values): Promise<{ id: string; outputs: Values }> {
    const plan = this.#checks.planOf(operation.urn);
    if (!operation.preview) return this.#updates.create(operation, plan, news);
    return { id: "", outputs: await this.#updates.preview(operation, plan, undefined, news) };
  }

  /** @throws Error the resource has another name or parent, which its entries cannot follow */
  async update(operation: Operation, id: string, olds: Values, news: Values): Promise<Values> {
    refuseToLeaveViews(operation);
    const plan = this.#checks.planOf(operation.urn);
    if (!operation.preview) return this.#updates.update(operation, plan, id, olds, news);
    return this.#updates.preview(operation, plan, recordedOf(olds), news);
  }

  /** The live versions of recorded functions or, without a record, of those that the id selects. */
  async read({ urn }: Operation, id: string, olds: Values, oldInputs: Values): Promise<Found | undefined> {
    requireResource(urn);
    if (Object.keys(olds).length === 0) return importSelected(this.#handling, urn, id, this.#aroundOf(urn));
    return refresh(this.#handling, urn, id, olds, oldInputs);
  }

  delete(operation: Operation, id: string, olds: Values): Promise<void> {
    return this.#updates.delete(operation, id, olds);
  }

  async invoke(token: string, args: Values): Promise<{ result: Values; problems: readonly InputProblem[] }> {
    const name = token.split(":").at(-1) ?? "";
    const known = Object.hasOwn(functions, name) ? functions[name as keyof typeof functions] : undefined;
    if (!known)
      throw new Error(`There is no function ${token}. Known functions are: ${Object.keys(functions).join(", ")}.`);
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

  #aroundOf(urn: string): Surroundings {
    return { ...this.#around, stack: stackOf(urn) };
  }
}
