import * as pulumi from "@pulumi/pulumi";
import { type LayerVersionArn, layerArn, parseLayerVersionArn } from "../../sdk/core/arn";
import { mostLayers } from "../../sdk/core/compatibility";
import { declaredAt } from "../../sdk/core/config/declared";
import type { WhenKey } from "../../sdk/core/config/when";
import { layerName } from "../../sdk/core/moves";
import { type Lines, quotedIfOdd } from "../../sdk/core/text";
import { cleanLines } from "../host/say";
import { noValue, outputProblem } from "../resource/pending";
import type { AwsInputs } from "./aws-inputs";
import { type Declaration, type Declared, matcherOf } from "./declarations";
import { failRun } from "./failure";
import { ifKnown, isLiteral, isSecret, known, resourcesBehind } from "./known";
import { type Existence, type LayerLookup, missingAdvice } from "./lookup";
import { keepsVersions, type OwnLayer, type OwnLayers } from "./own-layers";

// Publishing a layer takes seconds; this allows for one that waits for much else.
const publishingMilliseconds = 15 * 60_000;

/**
 * Checks and messages about the pins of one program. What would make the update fail also fails the preview; unknowns
 * are reported for each pin. Nothing is reported twice.
 */
export class PinChecks {
  readonly #said = new Set<string>();
  readonly #own: OwnLayers;
  /** The credentials for AWS. */
  readonly lookup: LayerLookup<AwsInputs>;

  constructor(own: OwnLayers, lookup: LayerLookup<AwsInputs>) {
    this.#own = own;
    this.lookup = lookup;
  }

  /**
   * Checks that a pinned version exists; otherwise fails the run.
   * @param aws whom the function's provider calls AWS as; by default who declares the version
   */
  async verify(
    fn: string,
    layerVersionArn: string,
    { declaration, entry }: Declared,
    aws: AwsInputs = declaration.aws,
  ): Promise<void> {
    const layer = parseLayerVersionArn(layerVersionArn);
    if (!declaration.validateLayerExists || !layer) return;
    // A version that the program has just published exists.
    if (!isLiteral(entry.version) && (await this.#isPublishedBy(layer, entry.version))) return;
    const declares = `${declaredAt(entry)} declares for stack ${declaration.stack}`;
    const answer = await this.lookup.exists(layerVersionArn, aws);
    if (answer.is === "there") return;
    if (answer.is === "unchecked") return this.#warnUnchecked(layerVersionArn, answer, declares);

    // Only once the program is complete is it certain that it does not publish the layer.
    const found = (await this.#own.find(layer)) ?? (await this.#own.settled().then(() => this.#own.find(layer)));
    const own = found && (await this.#isElsewhere(found, layer)) ? undefined : found;
    const { isDryRun } = pulumi.runtime;
    if (own && !isDryRun() && (await this.#isThereOnceRegistered(own, layerVersionArn, aws))) return;
    const newest = await this.lookup.newestVersion(layerVersionArn, aws);
    const wasDeleted = newest !== undefined && layer.version <= newest;
    if (own && !wasDeleted && isDryRun()) {
      return this.#warn(
        `Function ${fn}: whether version ${layer.version} of layer ${layer.name}, which ${declares}, will exist is unknown until \`pulumi up\`, because the program publishes the layer itself (LayerVersion ${own.logicalName}). It is checked then.`,
      );
    }
    const name = newest === undefined && !own ? await this.#nameInUse(layer, { declaration, entry }, aws) : undefined;
    const advice = name
      ? `The layer ${name} exists: if that is the one, add \`names: [${name}]\` to the entry.`
      : missingAdvice(layer, newest, own && versionOf(own));
    await this.fail(`Layer version does not exist: ${layerVersionArn}, which ${declares}. ${advice}`);
  }

  /** Another name of an existing layer that an entry without `names` can mean. */
  async #nameInUse(
    layer: LayerVersionArn,
    { declaration: { stack }, entry: { key, names, arn } }: Declared,
    aws: AwsInputs,
  ): Promise<string | undefined> {
    if (names !== undefined || arn !== undefined) return undefined;
    for (const name of [key, `${key}-${stack}`, `${stack}-${key}`]) {
      const other = `${layerArn({ ...layer, name })}:${layer.version}`;
      if (name !== layer.name && (await this.lookup.newestVersion(other, aws)) !== undefined) return name;
    }
    return undefined;
  }

  /** Fails the run with a message, once. */
  async fail(message: Lines): Promise<void> {
    if (this.#isNew(cleanLines(message))) await failRun(message);
  }

  /**
   * Fails the run if Lambda would refuse the list.
   * @param about.region the function's, if it is known
   */
  async failInvalidList(
    fn: string,
    layers: readonly (string | undefined)[],
    { region, isImage }: { readonly region: string | undefined; readonly isImage: boolean },
  ): Promise<void> {
    if (isImage && layers.length > 0)
      await this.fail(`Function ${fn} is a container image, which cannot have layers. Remove its \`layers\`.`);
    if (layers.length > mostLayers) {
      const message = `Function ${fn} would have ${layers.length} layers, but Lambda allows only ${mostLayers}. Remove some from its \`layers\`.`;
      await this.fail(message);
    }
    const known = layers.flatMap((text) => (typeof text === "string" ? (parseLayerVersionArn(text) ?? []) : []));
    for (const { name, region: its } of known) {
      if (region === undefined || its === region) continue;
      const message = `Function ${fn} is in ${region}, but would have layer ${name} of ${its}, which Lambda does not allow. Give it the layer that is published in ${region}; \`layers.arn()\` takes a \`region\`.`;
      await this.fail(message);
    }
    const arns = known.map((layer) => layerArn(layer));
    for (const arn of new Set(arns.filter((one, index) => arns.indexOf(one) !== index))) {
      const message = `Function ${fn} would have layer ${layerName(arn)} twice, which Lambda does not allow. Remove one of the two from its \`layers\`.`;
      await this.fail(message);
    }
  }

  /** Reports that a function with layers may turn out to be a container image. */
  warnUnknownPackage(fn: string): void {
    this.#warn(
      `Function ${fn}: whether it is a container image, which cannot have layers, is unknown until \`pulumi up\`. It is checked then.`,
    );
  }

  /** Says that a layer stays as it is, because the version to pin it to waits for the function. */
  reportCycle(fn: string, layer: LayerVersionArn, { entry }: Declared): void {
    this.#warn(
      `Function ${fn}: layer ${layer.name} is not pinned, because the version that ${declaredAt(entry)} declares comes from a resource that waits for this function. Remove that dependency, or declare the version as a number.`,
    );
  }

  /**
   * Reports the layers of a function that are unknown in a preview, as far as these may be pinned.
   * @param what the unknown part of the list: with the program's own layers, all of it may contain others too
   */
  async warnUnknown(
    fn: string,
    what: "a layer" | "its layers",
    dependsOn: readonly pulumi.Resource[],
    declarations: readonly Declaration[],
  ): Promise<void> {
    if (!pulumi.runtime.isDryRun()) return;
    const urns = await Promise.all(dependsOn.map(({ urn }) => ifKnown(urn)));
    const publishers = (await this.#own.all()).filter(({ logicalName, type }) =>
      urns.some((urn) => urn?.endsWith(`::${logicalName}`) && urn.split("::")[2]?.split("$").at(-1) === type),
    );
    if (what === "its layers") {
      this.#warn(
        `Function ${fn}: its layers are unknown until \`pulumi up\`. Those that ${filesOf(declarations)} declares are pinned and checked then.`,
      );
    } else if (publishers.length === 0) {
      this.#warn(
        `Function ${fn}: a layer is unknown until \`pulumi up\`. If ${filesOf(declarations)} declares it, it is pinned and checked then.`,
      );
    }
    for (const own of publishers) {
      for (const { entry, number } of await this.numbersOf(own, declarations)) {
        this.#warn(
          `Function ${fn}: layer ${await ifKnown(own.name)}, which the program publishes itself (LayerVersion ${own.logicalName}), is unknown until \`pulumi up\`. ${declaredAt(entry)} declares version ${number}: the layer is then pinned to that version, and checked to exist.`,
        );
      }
    }
  }

  /** Reports that a layer's target depends on an unknown value. */
  warnUnknownFact(fn: string, layer: LayerVersionArn, key: WhenKey, { entry, declaration }: Declared): void {
    const what = key === "function" ? "its name" : key === "region" ? `the region of ${declaration.by}` : `its ${key}`;
    this.#warn(
      `Function ${fn}: the version of layer ${layer.name} depends on ${what} (${declaredAt(entry)}), which is unknown until \`pulumi up\`. It is pinned and checked then.`,
    );
  }

  /** Reports that a layer stays, because the config does not determine its target. */
  reportNoTarget(fn: string, layer: LayerVersionArn, why: string, { entry }: Declared): void {
    this.#warn(`Function ${fn}: layer ${layer.name} is not pinned (${declaredAt(entry)}): ${why}.`);
  }

  /** Reports that a layer stays, because the function already has its replacement. */
  reportBoth(fn: string, arn: string, by: string): void {
    this.#warn(
      `Function ${fn} has both layers, ${layerName(arn)} and ${layerName(by)}, which is declared to replace it, so it is not pinned. Remove one of the two from its \`layers\`.`,
    );
  }

  /** Reports that a pin's version is unknown, unless the program publishes it. */
  async warnUnknownVersion(fn: string, layer: LayerVersionArn, { entry }: Declared): Promise<void> {
    if (await this.#isPublishedBy(layer, entry.version)) return;
    this.#warn(
      `Function ${fn}: the version of layer ${layer.name} that ${declaredAt(entry)} declares is unknown until \`pulumi up\`. It is pinned and checked then.`,
    );
  }

  /** Reports that an output is not a version: it was not published, or is something else. */
  async reportNoVersion(fn: string, layer: LayerVersionArn, { entry }: Declared, value: unknown): Promise<void> {
    const declares = `the version that ${declaredAt(entry)} declares`;
    if (value != null) {
      const which = (await isSecret(entry.version)) ? "" : `${quotedIfOdd(String(value))}, which is `;
      return this.fail(
        `Function ${fn}: ${declares} for layer ${layer.name} is ${which}not a whole number of 1 or more.`,
      );
    }
    this.#warn(`Function ${fn}: layer ${layer.name} is not pinned, because ${declares} ${noValue}`);
  }

  /** Fails the run if an ARN that was an output turns out not to be that of a layer: it would match none. */
  async failUnusable({ layers }: Declaration): Promise<void> {
    for (const layer of layers) {
      const arn = isLiteral(layer.arn) ? undefined : await ifKnown(layer.arn);
      const wrong = outputProblem({ source: layer.source, arn: arn ?? undefined, version: undefined });
      if (wrong) await this.fail(wrong);
    }
  }

  /** Warns of layers that the program publishes and that an entry declares by a number. */
  async warnOwnNumbers(declaration: Declaration): Promise<void> {
    await this.#own.settled();
    for (const own of await this.#own.all()) {
      if (await keepsVersions(own)) continue;
      for (const { entry, number } of await this.numbersOf(own, [declaration])) {
        const name = await ifKnown(own.name);
        this.#warn(
          `Layer ${name} is published by the program itself (LayerVersion ${own.logicalName}), and ${declaredAt(entry)} declares its version as a number, ${number}. When an update publishes the next version, it deletes the previous one and leaves functions pinned to a deleted version. Declare the published version, \`layers: { ${JSON.stringify(entry.key)}: { version: ${versionOf(own)} } }\`, or keep old versions with \`${isNative(own) ? "retainOnDelete" : "skipDestroy"}: true\` on the LayerVersion.`,
        );
      }
    }
  }

  /** The entries that declare a fixed version for one of the program's own layers. */
  async numbersOf(own: OwnLayer, declarations: readonly Declaration[]): Promise<(Declared & { number: unknown })[]> {
    const found = (await this.#declaredForOwn(own, declarations)).map(async (declared) => {
      const { version } = declared.entry;
      if (isLiteral(version)) return { ...declared, number: version };
      const number = (await resourcesBehind(version)).length === 0 ? await ifKnown(version) : undefined;
      return number === undefined ? [] : { ...declared, number };
    });
    return (await Promise.all(found)).flat();
  }

  async #isPublishedBy(layer: LayerVersionArn, version: pulumi.Input<unknown>): Promise<boolean> {
    const publisher = await this.#own.publisherOf(version);
    if (publisher === undefined || (await ifKnown(publisher.name)) !== layer.name) return false;
    const region = await ifKnown(publisher.region);
    if (region !== undefined && region !== layer.region) return false;
    const arn = await ifKnown(publisher.arn);
    const published = arn === undefined ? undefined : parseLayerVersionArn(arn);
    return published ? published.account === layer.account : !(await this.#isElsewhere(publisher, layer));
  }

  /** Whether one of the program's own layers is certainly of another account than a layer of its name. */
  async #isElsewhere({ aws }: OwnLayer, layer: LayerVersionArn): Promise<boolean> {
    const account = aws && (await this.lookup.account(layer.region, aws));
    return account !== undefined && account !== layer.account;
  }

  /** The entries that match one of the program's own layers, in any region. */
  async #declaredForOwn(own: OwnLayer, declarations: readonly Declaration[]): Promise<Declared[]> {
    const name = await ifKnown(own.name);
    if (name === undefined) return [];
    const region = await known(own.region);
    const found = declarations.map(async (declaration): Promise<Declared[]> => {
      const only = await known(declaration.region);
      const here = region.isKnown ? region.value : undefined;
      if (only.isKnown && only.value !== undefined && here !== undefined && only.value !== here) return [];
      const matcher = await matcherOf(declaration);
      const arns = declaration.layers.flatMap(({ arn }) =>
        typeof arn === "string" && layerName(arn) === name ? arn : [],
      );
      const places = [...arns.map((arn) => parseLayerVersionArn(`${arn}:1`)), anywhere(name)];
      const entry = places.flatMap((place) => (place && matcher(place)?.declared) ?? [])[0];
      return entry ? [{ declaration, entry }] : [];
    });
    return (await Promise.all(found)).flat();
  }

  /** Waits until an update has published one of the program's own layers, and asks again. */
  async #isThereOnceRegistered(own: OwnLayer, layerVersionArn: string, aws: AwsInputs): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, publishingMilliseconds);
    });
    await Promise.race([known(own.resource.urn), tooLate]);
    clearTimeout(timer);
    this.lookup.forget(layerVersionArn);
    return (await this.lookup.exists(layerVersionArn, aws)).is !== "missing";
  }

  #warnUnchecked(layerVersionArn: string, { why }: Existence & { is: "unchecked" }, declares: string): void {
    this.#warn(`Could not check that ${layerVersionArn}, which ${declares}, exists: ${why}`);
  }

  #warn(message: string): void {
    if (this.#isNew(message)) pulumi.log.warn(cleanLines(message));
  }

  #isNew(message: string): boolean {
    const isNew = !this.#said.has(message);
    this.#said.add(message);
    return isNew;
  }
}

/** The program's likely expression for the version that a resource publishes. */
function versionOf(own: OwnLayer): string {
  const { logicalName } = own;
  const variable = /^[A-Za-z_$][\w$]*$/.test(logicalName) ? logicalName : "layer";
  // Cloud Control has only the ARN.
  return isNative(own) ? `${variable}.layerVersionArn.apply((arn) => arn.split(":")[7] ?? "")` : `${variable}.version`;
}

function isNative({ type }: OwnLayer): boolean {
  return type.startsWith("aws-native:");
}

function filesOf(declarations: readonly Declaration[]): string {
  const files = declarations.flatMap(({ layers, by }) =>
    layers.map(({ source }) => (source.line > 0 ? source.file : by)),
  );
  return [...new Set(files)].join(" or ") || "the config";
}

function anywhere(name: string): LayerVersionArn {
  return { partition: "", region: "", account: "", name, version: 1 };
}
