// What the engine asks of a provider, for any type of resource: pure rules around the calls to AWS.

import { alias } from "./alias.mts";
import { Aws } from "./aws.mts";
import { type Checked, check } from "./check.mts";
import { checkConfig, parseConfig } from "./config.mts";
import { type Change, diff } from "./diff.mts";
import { lambdaFunction } from "./function.mts";
import { invoke } from "./invoke.mts";
import { layerVersion } from "./layer-version.mts";
import { CreatedError, type Resource } from "./resource.mts";
import { role } from "./role.mts";
import { bookkeeping, imported, planned, refreshed, settled } from "./state.mts";
import { isObject, type Properties, pick, UNKNOWN } from "./values.mts";

const resources: Record<string, Resource> = {
  "aws:iam/role:Role": role,
  "aws:lambda/alias:Alias": alias,
  "aws:lambda/function:Function": lambdaFunction,
  "aws:lambda/layerVersion:LayerVersion": layerVersion,
};

/** The resource exists, but not as requested: the engine records these outputs and tries again. */
export class InitError extends Error {
  readonly id: string;
  readonly outputs: Properties;

  constructor(id: string, outputs: Properties, message: string) {
    super(message);
    this.id = id;
    this.outputs = outputs;
  }
}

/** A difference in the engine's form. */
export interface Difference {
  changes: Change[];
  /** The old and the new resource cannot both have a name that the program chose. */
  deleteBeforeReplace: boolean;
}

/** One configured provider. */
export class Provider {
  #aws = new Aws({});

  checkConfig(config: Properties): Checked {
    return checkConfig(config);
  }

  configure(config: Properties): void {
    this.#aws = new Aws(parseConfig(config));
  }

  /**
   * @param seed random bytes that the engine repeats in the update that follows a preview
   * @param proposed the name that the stack's `pulumi:autonaming` comes to
   */
  check(urn: string, olds: Properties, news: Properties, seed: Uint8Array, proposed?: string): Checked {
    const { schema } = resourceOf(urn);
    const placed = schema.region
      ? { region: this.#aws.knownRegion, ...pick(news, (_name, value) => value !== null) }
      : news;
    const checked = check(schema, olds, placed, { logicalName: nameOf(urn), seed, proposed });
    if (!schema.tagsAll) return checked;
    const { tags } = checked.inputs;
    const tagsAll = tags === UNKNOWN ? tags : { ...this.#aws.defaultTags, ...(isObject(tags) ? tags : {}) };
    return { ...checked, inputs: { ...checked.inputs, tagsAll } };
  }

  diff(urn: string, outputs: Properties, inputs: Properties, ignored: readonly string[]): Difference {
    const resource = resourceOf(urn);
    const own = diff(resource.schema, outputs, inputs, ignored);
    const renewed = renewedBy(resource, own, inputs).map(
      (property): Change => ({ property, path: property, kind: "update", replaces: false }),
    );
    const changes = [...own, ...renewed];
    const defaults = inputs.__defaults;
    const named = typeof inputs.name === "string" && !(Array.isArray(defaults) && defaults.includes("name"));
    return { changes, deleteBeforeReplace: named && inputs.name === outputs.name };
  }

  async create(urn: string, inputs: Properties, preview: boolean) {
    const resource = resourceOf(urn);
    const plan = planned(resource.schema, undefined, inputs);
    if (preview) return { id: "", outputs: plan };
    let id = "";
    try {
      id = await resource.create(inputs, this.#aws);
      return { id, outputs: await this.#applied(resource, id, plan) };
    } catch (error) {
      const created = error instanceof CreatedError ? error.id : id;
      const message = `creating ${resource.title} (${inputs.name ?? inputs.layerName}): ${explain(error)}`;
      throw created === "" ? new Error(message) : new InitError(created, claimed(resource, plan), message);
    }
  }

  /** The live outputs and inputs. Without recorded outputs the resource is being imported, or looked up. */
  async read(urn: string, id: string, outputs: Properties, inputs: Properties) {
    const resource = resourceOf(urn);
    const { schema, timeouts } = resource;
    const live = await resource.read(id, outputs, this.#aws);
    if (!live) return undefined;
    const refresh = Object.keys(outputs).length > 0;
    return {
      id,
      outputs: { ...live, ...bookkeeping(schema, live, timeouts), id },
      inputs: refresh ? refreshed(schema, inputs, live) : imported(schema, live),
    };
  }

  /**
   * Brings AWS from the recorded outputs to the inputs. Whatever the outputs already claim is not checked, as in the
   * real provider: after a failed update, which leaves outputs that were never applied, the next one only reads.
   */
  async update(
    urn: string,
    id: string,
    outputs: Properties,
    inputs: Properties,
    { preview, ignored }: { preview: boolean; ignored: readonly string[] },
  ): Promise<Properties> {
    const resource = resourceOf(urn);
    const changes = diff(resource.schema, outputs, inputs, ignored);
    const changed = new Set(changes.map(({ property }) => property));
    const wanted = { ...inputs, ...pick(outputs, (name) => ignored.includes(name)) };
    const plan = planned(resource.schema, outputs, wanted);
    const renewed = renewedBy(resource, changes, wanted);
    if (preview) return { ...plan, ...Object.fromEntries(renewed.map((name) => [name, UNKNOWN])) };
    try {
      await resource.update(id, changed, wanted, outputs, this.#aws);
      return await this.#applied(resource, id, plan);
    } catch (error) {
      throw new InitError(id, claimed(resource, plan), `updating ${urn}: ${explain(error)}`);
    }
  }

  async delete(urn: string, id: string, outputs: Properties): Promise<void> {
    try {
      await resourceOf(urn).delete(id, outputs, this.#aws);
    } catch (error) {
      throw new Error(`deleting ${urn}: ${explain(error)}`);
    }
  }

  invoke(token: string, args: Properties): Promise<Properties> {
    return invoke(token, args, this.#aws);
  }

  /** The outputs to record after a successful change. */
  async #applied(resource: Resource, id: string, plan: Properties): Promise<Properties> {
    const live = await resource.read(id, knownPart(plan), this.#aws);
    if (!live) throw new Error(`${id} is not there after the change`);
    const outputs = settled(resource.schema, plan, live);
    return { ...outputs, ...bookkeeping(resource.schema, outputs, resource.timeouts), id };
  }
}

function renewedBy(resource: Resource, changes: readonly Change[], inputs: Properties): string[] {
  return resource.renewed?.(new Set(changes.map(({ property }) => property)), inputs) ?? [];
}

/** The outputs to record after a failed change: the expected ones. */
function claimed({ schema, timeouts }: Resource, plan: Properties): Properties {
  const outputs = knownPart(plan);
  return { ...outputs, ...bookkeeping(schema, outputs, timeouts) };
}

function knownPart(plan: Properties): Properties {
  return pick(plan, (_name, value) => value !== UNKNOWN);
}

function resourceOf(urn: string): Resource {
  // A URN also names the types of the parents: `parent$child`.
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const found = resources[type];
  if (found) return found;
  throw new Error(`the stand-in for the AWS provider has no ${type}, only ${Object.keys(resources).join(", ")}`);
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function explain(error: unknown): string {
  const { name, message } = (error instanceof CreatedError ? error.cause : error) as Error;
  return name === "Error" ? message : `${name}: ${message}`;
}
