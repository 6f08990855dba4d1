import { type LayerVersionArn, layerArn, parseLayerVersionArn } from "../../sdk/core/arn";
import { LayersError } from "../../sdk/core/errors";
import type { AwsPort } from "../../sdk/ports";

/** Whether a layer version exists. */
export type Existence = { readonly is: "there" | "missing" } | { readonly is: "unchecked"; readonly why: string };

/**
 * What to do about a version that does not exist: a number that was deleted is never published again.
 * @param newest undefined if unknown
 * @param output the program's expression for the version that it publishes itself, such as `layer.version`
 */
export function missingAdvice(layer: LayerVersionArn, newest: number | undefined, output?: string): string {
  const other =
    output && `declare the version that the program publishes, \`version: ${output}\`, instead of a number.`;
  if (newest === undefined)
    return other
      ? `D${other.slice(1)}`
      : "Declare a version that exists. A deleted version number is never used again.";
  if (layer.version > newest)
    return `The newest version is ${newest}: ${other ?? "publish this one first, or declare a version that exists."}`;
  return `It was deleted, and its number is never used again: ${other ?? "declare a version that exists."}`;
}

/**
 * Asks AWS about the layer versions that a program pins: once per version and account, with one session per region and
 * account.
 */
export class LayerLookup<Who> {
  readonly #sessions = new Map<string, Promise<AwsPort | undefined>>();
  /** By layer version ARN, and then by who asks. */
  readonly #answers = new Map<string, Map<string, Promise<Existence>>>();

  /**
   * @param connect opens a session in a region; undefined while the account is unknown
   * @param identify a text that is the same for the same credentials
   */
  constructor(
    private readonly connect: (region: string, aws: Who) => Promise<AwsPort | undefined>,
    private readonly identify: (aws: Who) => Promise<string>,
  ) {}

  /** @param aws whose credentials to use */
  async exists(layerVersionArn: string, aws: Who): Promise<Existence> {
    const who = await this.identify(aws);
    const answers = this.#answers.get(layerVersionArn) ?? new Map<string, Promise<Existence>>();
    this.#answers.set(layerVersionArn, answers);
    const answer = answers.get(who) ?? this.#ask(layerVersionArn, aws);
    answers.set(who, answer);
    return answer;
  }

  /** Asks again next time: in an update, the program may publish it meanwhile. */
  forget(layerVersionArn: string): void {
    this.#answers.delete(layerVersionArn);
    this.#sessions.clear();
  }

  /** The newest version of a version's layer; undefined if there is none, or it cannot be read. */
  async newestVersion(layerVersionArn: string, aws: Who): Promise<number | undefined> {
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

  /** The account of the credentials in a region; undefined if it cannot be determined. */
  async account(region: string, aws: Who): Promise<string | undefined> {
    try {
      return (await (await this.#session(region, aws))?.callerIdentity())?.account;
    } catch (error) {
      if (error instanceof LayersError) return undefined;
      throw error;
    }
  }

  async #ask(arn: string, aws: Who): Promise<Existence> {
    try {
      const session = await this.#session(parseLayerVersionArn(arn)?.region ?? "", aws);
      if (!session) return { is: "unchecked", why: "the profile or role to use is not known yet." };
      const answer = await session.layerVersion(arn);
      if (answer === "missing") return { is: "missing" };
      if (answer !== "denied") return { is: "there" };
      const why =
        "GetLayerVersion is denied, which is also AWS's answer for a missing version of another account's layer.";
      return { is: "unchecked", why };
    } catch (error) {
      if (!(error instanceof LayersError)) throw error;
      return { is: "unchecked", why: error.inOneLine() };
    }
  }

  async #session(region: string, aws: Who): Promise<AwsPort | undefined> {
    const key = `${region} ${await this.identify(aws)}`;
    const session = this.#sessions.get(key) ?? this.connect(region, aws);
    this.#sessions.set(key, session);
    return session;
  }
}
