import { layerArn, parseLayerVersionArn } from "../sdk/core/arn";
import { LayersError } from "../sdk/core/errors";
import type { AwsPort } from "../sdk/ports";
import { type AwsInputs, connectIn } from "./aws-inputs";

/** Whether a layer version exists. */
export type Existence = { readonly is: "there" | "missing" } | { readonly is: "unchecked"; readonly why: string };

/** Asks AWS about the layer versions that a program pins: once a version, over one session a region. */
export class LayerLookup {
  readonly #sessions = new Map<string, Promise<AwsPort | undefined>>();
  readonly #answers = new Map<string, Promise<Existence>>();

  /** @param aws whose credentials are used, of the first that asks about a region */
  exists(layerVersionArn: string, aws: AwsInputs): Promise<Existence> {
    const answer = this.#answers.get(layerVersionArn) ?? this.#ask(layerVersionArn, aws);
    this.#answers.set(layerVersionArn, answer);
    return answer;
  }

  /** Asks anew the next time: in an update, the program may publish it meanwhile. */
  forget(layerVersionArn: string): void {
    this.#answers.delete(layerVersionArn);
    this.#sessions.clear();
  }

  /** The newest version of a version's layer; undefined if there is none, or it cannot be read. */
  async newestVersion(layerVersionArn: string, aws: AwsInputs): Promise<number | undefined> {
    const layer = parseLayerVersionArn(layerVersionArn);
    if (!layer) return undefined;
    try {
      const page = await (await this.#session(layer.region, aws))?.listLayerVersions(layerArn(layer));
      return page === undefined || page === "denied" ? undefined : page.versions[0]?.version;
    } catch (error) {
      if (error instanceof LayersError) return undefined;
      throw error;
    }
  }

  /** The account of the credentials in a region; undefined if it cannot be found out. */
  async account(region: string, aws: AwsInputs): Promise<string | undefined> {
    try {
      return (await (await this.#session(region, aws))?.callerIdentity())?.account;
    } catch (error) {
      if (error instanceof LayersError) return undefined;
      throw error;
    }
  }

  async #ask(arn: string, aws: AwsInputs): Promise<Existence> {
    try {
      const session = await this.#session(parseLayerVersionArn(arn)?.region ?? "", aws);
      if (!session) return { is: "unchecked", why: "the profile or role to ask with is not known yet." };
      const answer = await session.layerVersion(arn);
      if (answer === "missing") return { is: "missing" };
      if (answer !== "denied") return { is: "there" };
      const why = "GetLayerVersion is denied, which is also how a missing version of another account's layer reads.";
      return { is: "unchecked", why };
    } catch (error) {
      if (!(error instanceof LayersError)) throw error;
      return { is: "unchecked", why: error.inOneLine() };
    }
  }

  #session(region: string, aws: AwsInputs): Promise<AwsPort | undefined> {
    const session = this.#sessions.get(region) ?? connectIn(region, aws);
    this.#sessions.set(region, session);
    return session;
  }
}
