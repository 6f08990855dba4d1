// What the engine asks of a provider, for any type of resource: pure rules applied around the calls to AWS.

import { Aws } from "./aws.mts";
import { type Checked, check, type Naming } from "./check.mts";
import { checkConfig, parseConfig } from "./config.mts";
import { type Change, diff } from "./diff.mts";
import { lambdaFunction } from "./function.mts";
import { invoke } from "./invoke.mts";
import { layerVersion } from "./layer-version.mts";
import { CreatedError, type Resource } from "./resource.mts";
import { role } from "./role.mts";
import { bookkeeping, imported, planned, refreshed, settled } from "./state.mts";
import { inputNames, isObject, type Properties, pick, UNKNOWN } from "./values.mts";

const resources: Record<string, Resource> = {
  "aws:iam/role:Role": role,
  "aws:lambda/function:Function": lambdaFunction,
  "aws:lambda/layerVersion:LayerVersion": layerVersion,
};

/** The resource exists, but not as asked for: the engine records these outputs and tries again. */
export class InitError extends Error {
  readonly id: string;
  readonly outputs: Properties;

  constructor(id: string, outputs: Properties, message: string) {
    super(message);
    this.id = id;
    this.outputs = outputs;
  }
}

/** A difference as the engine wants to know it. */
export interface Difference {
  changes: Change[];
  /** A name that the program chose can't be held by the old and the new resource at once. */
  deleteBeforeReplace: boolean;
}

/** One configured provider. */
export class Provider {
  #aws = new Aws({});

  checkConfig = checkConfig;

  configure(config: Properties): void {
    this.#aws = new Aws(parseConfig(config));
  }

  check(type: string, olds: Properties, news: Properties, naming: Naming): Checked {
    const { schema } = resourceOf(type);
    const checked = check(schema, olds, news, naming);
    if (!schema.tagsAll) return checked;
    const { tags } = checked.inputs;
    const tagsAll = tags === UNKNOWN ? tags : { ...this.#aws.defaultTags, ...(isObject(tags) ? tags : {}) };
    return { ...checked, inputs: { ...checked.inputs, tagsAll } };
  }

  diff(type: string, outputs: Properties, inputs: Properties, ignored: readonly string[]): Difference {
    const changes = diff(resourceOf(type).schema, outputs, inputs, ignored);
    const defaults = inputs.__defaults;
    const named = typeof inputs.name === "string" && !(Array.isArray(defaults) && defaults.includes("name"));
    return { changes, deleteBeforeReplace: named && inputs.name === outputs.name };
  }

  async create(type: string, urn: string, inputs: Properties, preview: boolean) {
    const resource = resourceOf(type);
    const plan = planned(resource.schema, undefined, inputs);
    if (preview) return { id: "", outputs: plan };
    try {
      const id = await resource.create(inputs, this.#aws);
      return { id, outputs: await this.#applied(resource, id, plan) };
    } catch (error) {
      if (!(error instanceof CreatedError)) throw new Error(`creating ${urn}: ${explain(error)}`);
      const { id, cause } = error;
      throw new InitError(id, await this.#applied(resource, id, plan), `creating ${urn}: ${explain(cause)}`);
    }
  }

  /** The live outputs and inputs. Without old inputs the resource is being imported, or looked up. */
  async read(type: string, id: string, outputs: Properties, inputs: Properties | undefined) {
    const resource = resourceOf(type);
    const { schema, timeouts } = resource;
    const live = await resource.read(id, outputs, this.#aws);
    if (!live) return undefined;
    return {
      id,
      outputs: { ...live, ...bookkeeping(schema, live, timeouts), id },
      inputs: inputs ? refreshed(schema, inputs, live) : imported(schema, live),
    };
  }

  /**
   * Brings AWS from the recorded outputs to the inputs. What the outputs claim already is not looked at, as in the real
   * provider: after a failed update, which leaves outputs that were never applied, the next one only reads.
   */
  async update(
    type: string,
    urn: string,
    id: string,
    outputs: Properties,
    inputs: Properties,
    { preview, ignored }: { preview: boolean; ignored: readonly string[] },
  ): Promise<Properties> {
    const resource = resourceOf(type);
    const { schema, timeouts } = resource;
    const changed = new Set(diff(schema, outputs, inputs, ignored).map(({ property }) => property));
    const kept = Object.fromEntries(inputNames(schema).map((name) => [name, outputs[name]]));
    const wanted = { ...inputs, ...Object.fromEntries(ignored.map((name) => [name, kept[name]])) };
    const plan = planned(schema, outputs, wanted);
    if (preview) return plan;
    try {
      await resource.update(id, changed, wanted, outputs, this.#aws);
    } catch (error) {
      const claimed = { ...plan, ...bookkeeping(schema, plan, timeouts) };
      throw new InitError(id, claimed, `updating ${urn}: ${explain(error)}`);
    }
    return this.#applied(resource, id, plan);
  }

  async delete(type: string, urn: string, id: string, outputs: Properties): Promise<void> {
    try {
      await resourceOf(type).delete(id, outputs, this.#aws);
    } catch (error) {
      throw new Error(`deleting ${urn}: ${explain(error)}`);
    }
  }

  invoke(token: string): Promise<Properties> {
    return invoke(token, this.#aws);
  }

  /** The outputs to record after a change that was made. */
  async #applied(resource: Resource, id: string, plan: Properties): Promise<Properties> {
    const known = pick(plan, (_name, value) => value !== UNKNOWN);
    const live = await resource.read(id, known, this.#aws);
    if (!live) throw new Error(`${id} is not there after the change`);
    const outputs = settled(resource.schema, plan, live);
    return { ...outputs, ...bookkeeping(resource.schema, outputs, resource.timeouts), id };
  }
}

function resourceOf(type: string): Resource {
  const found = resources[type];
  if (found) return found;
  const known = Object.keys(resources).join(", ");
  throw new Error(`the stand-in for the AWS provider has no ${type}, only ${known}`);
}

function explain(error: unknown): string {
  const { name, message } = error as Error;
  return name === "Error" ? message : `${name}: ${message}`;
}
