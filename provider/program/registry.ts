import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { cleanLines } from "../host/say";
import { type AwsInputs, connectIn, identify } from "./aws-inputs";
import { noteCopy } from "./copies";
import { conflictBetween, type Declaration, isAllLiteral, resolved } from "./declarations";
import { runError } from "./failure";
import type { RegisteredFunction } from "./function-facts";
import { ifKnown, isSecret, known } from "./known";
import { LastTransform } from "./last-transform";
import { registerLast } from "./last-transformation";
import { LayerLookup } from "./lookup";
import { namesOf, OwnLayers } from "./own-layers";
import { pinTransform } from "./pin";
import { PinChecks } from "./pin-checks";
import type { Pins } from "./pin-of";
import type { Transforms } from "./pinned-functions";
import { ownRegionOf, providerOf, regionOf } from "./regions";
import { noEffect, warnUnpinned } from "./unpinned";

/** Creates a layer version ARN for a region. */
type ArnIn = (region: pulumi.Input<string | undefined>) => pulumi.Output<string>;

/** Where a function is, as far as its constructor tells. */
interface Place {
  /** The provider's name; undefined for the default one. */
  readonly provider: string | undefined;
  readonly region: pulumi.Input<string | undefined>;
  /** The credentials of the provider, unless it is the default one. */
  readonly aws: AwsInputs | undefined;
  /** The generation of the pins that the engine calls last for it. */
  readonly generation: number;
}

/** All of one program's declarations about layers, in any order: the basis of its pins. */
export class Registry implements Transforms {
  readonly #declarations: Declaration[] = [];
  readonly #issued = new WeakMap<object, ArnIn>();
  readonly #checks: PinChecks;
  /** By type and name of a function, the declarations that its pins were based on. */
  readonly #pinned = new Map<string, readonly Declaration[]>();
  /** By type and name of a function, the layers that its pins came to. */
  readonly #results = new Map<string, readonly (string | undefined)[]>();
  readonly #pins: Pins;
  readonly #transform: LastTransform;
  /** By type and name of a function, whether the program sets its layers once all transforms have run. */
  readonly #setting = new Map<string, PromiseWithResolvers<boolean>>();
  /** By type and name of a function, what it was constructed with; undefined if several functions go by these. */
  readonly #places = new Map<string, Place | undefined>();

  constructor(
    /** The layers that the program publishes. */
    readonly own: OwnLayers,
  ) {
    this.#checks = new PinChecks(own, new LayerLookup(connectIn, identify));
    this.#pins = this.#pinsOf(0);
    this.#transform = new LastTransform((generation) => pinTransform(this.#pinsOf(generation)));
  }

  #pinsOf(generation: number): Pins {
    return {
      declarations: this.#declarations,
      checks: this.#checks,
      note: (type, name, sets) => this.#note(type, name, sets, generation),
      notePinned: (type, name, layers) => this.#results.set(`${type}::${name}`, layers),
      regionOf: (registered) => this.#regionOf(registered),
      awsOf: async (registered) => (await this.#placeOf(registered))?.aws,
    };
  }

  /**
   * Pins the program's functions to what is declared.
   * @throws pulumi.RunError an earlier declaration says something else about the same layer of the same region
   */
  add(declaration: Declaration): void {
    for (const earlier of this.#declarations) {
      const conflict = conflictBetween(earlier, declaration);
      if (conflict) throw runError(conflict);
      if (!isAllLiteral(earlier) || !isAllLiteral(declaration)) void this.#compareLater(earlier, declaration);
    }
    if (this.#declarations.length === 0) this.#watchPlaces();
    this.#declarations.push(declaration);
    warnOfCopies();
    void this.#checks.failUnusable(declaration);
    if (pulumi.runtime.isDryRun()) void this.#checks.warnOwnNumbers(declaration);
  }

  /** Whether a declaration existed when the engine asked for a function's pins. */
  hasPinned(type: string, name: string, declaration: Declaration): boolean {
    return this.#pinned.get(`${type}::${name}`)?.includes(declaration) ?? false;
  }

  get hasOthers(): boolean {
    return this.#transform.hasOthers;
  }

  setLayers(type: string, name: string): Promise<boolean> {
    return this.#settingOf(`${type}::${name}`).promise;
  }

  /** Notes an ARN returned for the default region: a function elsewhere gets that of its own region. */
  issue(arn: pulumi.Output<string>, arnIn: ArnIn): void {
    this.#issued.set(arn, arnIn);
  }

  /**
   * The names of the layers that the program publishes, once it is complete and the layers declared by number are
   * published: nothing else makes the engine publish them first.
   * @param waiting the resource that waits for the answer
   */
  async publishedLayers(declaration: Declaration, waiting: () => pulumi.Resource | undefined): Promise<string[]> {
    await this.own.settled();
    const layers = await this.own.before(waiting());
    const names = await namesOf(layers);
    const byNumber = await Promise.all(layers.map((own) => this.#checks.numbersOf(own, [declaration])));
    await Promise.all(layers.map((own, index) => byNumber[index]?.length && known(own.resource.urn)));
    return names;
  }

  /** Compares again once outputs are known; the program continues meanwhile. */
  async #compareLater(...declarations: [Declaration, Declaration]): Promise<void> {
    const [one, other] = await Promise.all(declarations.map(resolved));
    const conflict = one && other && conflictBetween(one, other);
    if (conflict) await this.#checks.fail(conflict);
  }

  #watchPlaces(): void {
    const stack = pulumi.runtime.getStackResource();
    if (!stack) return;
    registerLast(stack, (args) => {
      if (!this.#declarations.some(({ types }) => types[args.type] !== undefined)) return undefined;
      const { props, opts } = this.#moveIssued(args) ?? args;
      const ready = this.#transform.ready();
      this.#notePlace(args);
      // Its outputs are there once it is constructed.
      void Promise.resolve().then(() => this.#warnOverridden(args));
      if (!ready) return { props, opts };
      const dependsOn = pulumi.output<unknown>(ready.then(() => opts.dependsOn ?? []));
      return { props, opts: { ...opts, dependsOn: dependsOn as pulumi.Output<pulumi.Resource[]> } };
    });
  }

  #note(type: string, name: string, sets: boolean, generation: number): void {
    const key = `${type}::${name}`;
    this.#pinned.set(key, [...this.#declarations]);
    if (generation >= (this.#places.get(key)?.generation ?? 0)) this.#settingOf(key).resolve(sets);
  }

  #settingOf(key: string): PromiseWithResolvers<boolean> {
    const setting = this.#setting.get(key) ?? Promise.withResolvers<boolean>();
    this.#setting.set(key, setting);
    return setting;
  }

  /** Warns if a function is registered with other layers than the pins came to: a transform may be registered after it. */
  async #warnOverridden({ type, name, props, opts, resource }: pulumi.ResourceTransformationArgs): Promise<void> {
    const property = this.#declarations.find(({ types }) => types[type] !== undefined)?.types[type];
    const layers: unknown = property && Reflect.get(resource, property);
    if (!pulumi.Output.isInstance(layers) || (await isSecret(layers))) return;
    const list: unknown = await ifKnown(layers);
    const expected = this.#results.get(`${type}::${name}`);
    if (
      !this.hasOthers ||
      !Array.isArray(list) ||
      expected === undefined ||
      this.#places.get(`${type}::${name}`) === undefined
    )
      return;
    for (const text of list.filter((one) => !expected.includes(one)))
      await warnUnpinned({ type, name, props, opts }, text, this.#pins, noEffect.overridden);
  }

  #notePlace({ type, name, props, opts }: pulumi.ResourceTransformationArgs): void {
    const key = `${type}::${name}`;
    const provider = nameOf((opts as pulumi.CustomResourceOptions).provider ?? opts.parent?.getProvider(type));
    const place = {
      provider,
      region: ownRegionOf(type, props, opts),
      aws: providerOf(type, opts)?.credentials,
      generation: this.#transform.generation,
    };
    this.#places.set(key, this.#places.has(key) ? undefined : place);
  }

  async #regionOf(registered: RegisteredFunction): Promise<string | undefined> {
    const { props } = registered;
    if (props.region !== undefined) return ifKnown(props.region as pulumi.Input<string>);
    return ifKnown((await this.#placeOf(registered))?.region);
  }

  async #placeOf({ type, name, opts }: RegisteredFunction): Promise<Place | undefined> {
    const place = this.#places.get(`${type}::${name}`);
    const { provider } = opts as pulumi.CustomResourceOptions;
    const its = provider && (await ifKnown(provider.urn))?.split("::").at(-1);
    // Transformations of the program's own may have given it another provider since.
    return place && its === place.provider ? place : undefined;
  }

  #moveIssued({
    type,
    props,
    opts,
  }: pulumi.ResourceTransformationArgs): pulumi.ResourceTransformationResult | undefined {
    const property = this.#declarations.find(({ types }) => types[type] !== undefined)?.types[type];
    const layers: unknown = property && props[property];
    if (!property || !Array.isArray(layers) || !layers.some((layer) => this.#issuedAs(layer))) return undefined;
    const region = regionOf(type, props, opts);
    if (region === undefined) return undefined;
    const moved = layers.map((layer) => this.#issuedAs(layer)?.(region) ?? layer);
    return { props: { ...props, [property]: moved }, opts };
  }

  #issuedAs(layer: unknown): ArnIn | undefined {
    return typeof layer === "object" && layer !== null ? this.#issued.get(layer) : undefined;
  }
}

const registries = new WeakMap<pulumi.Resource, Registry>();
const reportedCopies = new WeakSet<pulumi.Resource>();
const ownLayers = new WeakMap<pulumi.Resource, OwnLayers>();

// A bundle of ES modules has no folder.
const here = typeof __dirname === "string" ? resolve(__dirname, "../../..") : "one in a bundle";

/** Warns if something is declared through another copy of this package too. */
function warnOfCopies(): void {
  const stack = pulumi.runtime.getStackResource();
  if (!stack || reportedCopies.has(stack)) return;
  const [other] = noteCopy(stack, here);
  if (other === undefined) return;
  reportedCopies.add(stack);
  pulumi.log.warn(
    cleanLines(
      `The program uses two copies of pulumi-lambda-layers, ${other} and ${here}. Neither sees what is declared through the other, so conflicting declarations of a layer go unnoticed. Install one version for both, for example with \`npm dedupe\`.`,
    ),
  );
}

/** The registry of the current program: each of several in one process has its own. */
export function programRegistry(): Registry {
  const stack = pulumi.runtime.getStackResource();
  // A unit test with Pulumi's mocks has no stack, and must not depend on earlier tests.
  if (!stack) return new Registry(new OwnLayers(undefined));
  const registry = registries.get(stack) ?? new Registry(ownLayersOf(stack));
  registries.set(stack, registry);
  return registry;
}

function nameOf(resource: pulumi.Resource | undefined): string | undefined {
  return (resource as unknown as { readonly __name?: string } | undefined)?.__name;
}

function ownLayersOf(stack: pulumi.Resource): OwnLayers {
  const own = ownLayers.get(stack) ?? new OwnLayers(stack);
  ownLayers.set(stack, own);
  return own;
}

/** Starts watching published layers, so that those before the first declaration count too. */
export function watchProgram(): void {
  const stack = pulumi.runtime.getStackResource();
  if (stack) ownLayersOf(stack);
}
