import { parseLayerVersionArn, regionOfArn } from "../arn";
import type { FunctionFacts, RecordedLayer, RecordedLayers } from "./facts";
import { referenceKeys } from "./integrity";
import { KeyTable } from "./keys";
import { type JsonReader, Places } from "./reader";
import { secretSignature, signatureKey, unknownMark } from "./secret";
import { lastCharacters } from "./text";

/** The keys of a resource that are read. */
export const resourceKeys = new KeyTable(
  [
    ...["urn", "type", "id", "delete", "external", "pendingReplacement", "initErrors", "inputs", "outputs"],
    ...referenceKeys,
  ],
  { ofStruct: true },
);

/** Start offsets of an object's values, by key. */
type Starts = Pick<ReadonlyMap<string, number>, "get">;

const noStarts: Starts = new Map();

/** The keys of a resource that hold its properties. */
const sides = ["inputs", "outputs"] as const;
type Side = (typeof sides)[number];

/** Whether a key of a resource holds its properties. */
export function isSide(key: string): key is Side {
  return (sides as readonly string[]).includes(key);
}

const signatureKeys = new KeyTable([signatureKey], { ofStruct: false });

/** The properties of a function that are read besides its layers; `functionName` is the name in aws-native. */
const properties = ["name", "functionName", "runtime", "architectures", "packageType", "publish", "region", "arn"];

/** Reads the facts of a function from a resource that was already skipped over. */
export class FunctionReader {
  private readonly propertyKeys: KeyTable;
  /** The objects of properties that were skipped last: where each starts, and where its properties do. */
  private readonly skipped = {
    inputs: { start: -1, properties: new Places() },
    outputs: { start: -1, properties: new Places() },
  };
  /** Texts shared by many functions, kept once. */
  private readonly known = new Map<string, string>();

  /** @param layersProperty the property of the type that holds the layers */
  constructor(
    private readonly reader: JsonReader,
    private readonly type: string,
    private readonly layersProperty: string,
  ) {
    this.propertyKeys = new KeyTable([...properties, layersProperty], { ofStruct: false });
  }

  /** Skips inputs or outputs, and remembers where their properties are: a second look at them would take as long. */
  skip(side: Side): Starts {
    const skipped = this.skipped[side];
    skipped.start = this.reader.position;
    skipped.properties.clear();
    if (this.reader.has("object", `"${side}"`)) this.reader.index(this.propertyKeys, skipped.properties);
    return skipped.properties;
  }

  /**
   * @param start where the resource starts
   * @param values where the values of its {@link resourceKeys} start
   */
  read(start: number, values: Starts): FunctionFacts {
    const urn = this.field(values, "urn");
    if (!urn) this.reader.fail("shape", "a function without a URN", start);
    const id = this.field(values, "id");
    const inputs = this.properties(values, "inputs");
    const outputs = this.properties(values, "outputs");
    const initErrors = this.at(values, "initErrors", () => this.initErrors()) ?? [];
    // After a failed update, the outputs were never applied.
    const [first, second] = initErrors.length > 0 ? [inputs, outputs] : [outputs, inputs];
    const text = (name: string) => this.text(first, name) ?? this.text(second, name);
    const arn = text("arn");
    return {
      urn,
      type: this.type,
      id,
      name: text("functionName") ?? text("name") ?? id ?? urn.slice(urn.lastIndexOf("::") + 2),
      deleted: this.at(values, "delete", () => this.reader.flag('"delete"')) ?? false,
      replaced: this.at(values, "pendingReplacement", () => this.reader.flag('"pendingReplacement"')) ?? false,
      external: this.at(values, "external", () => this.reader.flag('"external"')) ?? false,
      initErrors,
      runtime: this.shared(text("runtime")),
      architectures: this.architectures(first) ?? this.architectures(second) ?? this.noArchitectures(inputs, outputs),
      packageType: this.shared(text("packageType")),
      publishes: this.isTrue(first, "publish") ?? this.isTrue(second, "publish") ?? false,
      arn,
      region: this.shared(text("region") ?? regionOfArn(arn ?? "")),
      inputs: this.layers(inputs),
      outputs: this.layers(outputs),
    };
  }

  private at<T>(values: Starts, key: string, read: () => T): T | undefined {
    const start = values.get(key);
    return start === undefined ? undefined : this.reader.revisit(start, read);
  }

  /** A text of the resource itself; undefined if it is empty or absent. */
  private field(values: Starts, key: string): string | undefined {
    const read = () => (this.reader.has("string", `"${key}"`) ? this.reader.string() : undefined);
    return this.at(values, key, read) || undefined;
  }

  private initErrors(): string[] {
    if (!this.reader.has("array", '"initErrors"')) return [];
    return this.reader.list(() => this.reader.string());
  }

  private properties(values: Starts, side: Side): Starts {
    const { start, properties } = this.skipped[side];
    if (values.get(side) === start) return properties;
    return this.at(values, side, () => this.skip(side)) ?? noStarts;
  }

  /** A text among the properties; undefined if it is empty, absent, a secret, or no text. */
  private text(values: Starts, name: string): string | undefined {
    return this.at(values, name, this.textOrOther) || undefined;
  }

  /** A truth value among the properties; undefined if it is absent, a secret, or none. */
  private isTrue(values: Starts, name: string): boolean | undefined {
    return this.at(values, name, this.truthOrOther);
  }

  // What is read of each function, without a new closure for each.
  private readonly textOrOther = (): string | undefined => {
    if (this.reader.kind() === "string") return this.reader.string();
    this.reader.skip();
    return undefined;
  };
  private readonly texts = (): (string | undefined)[] =>
    this.reader.kind() === "array" ? this.reader.list(this.sharedText) : [];
  private readonly sharedText = (): string | undefined => this.shared(this.textOrOther());
  private readonly truthOrOther = (): boolean | undefined => {
    const isBoolean = this.reader.kind() === "boolean";
    const { start, end } = this.reader.skip();
    return isBoolean ? end - start === "true".length : undefined;
  };

  /** The architectures; undefined if none is recorded, or not as a list of texts. */
  private architectures(values: Starts): string[] | undefined {
    const found = this.at(values, "architectures", this.texts) ?? [];
    return found.length > 0 && found.every((one) => one !== undefined) ? found : undefined;
  }

  /** An unreadable value is unknown; a missing one is Lambda's default. */
  private noArchitectures(...sides: readonly Starts[]): readonly string[] | undefined {
    const isUnreadable = (values: Starts) =>
      this.at(values, "architectures", () => {
        const kind = this.reader.kind();
        const isEmpty = kind === "array" && this.reader.list(() => this.reader.skip()).length === 0;
        if (kind !== "array") this.reader.skip();
        return kind !== "null" && !isEmpty;
      }) ?? false;
    return sides.some(isUnreadable) ? undefined : [];
  }

  private layers(values: Starts): RecordedLayers {
    return this.at(values, this.layersProperty, this.list) ?? { kind: "absent" };
  }

  private readonly list = (): RecordedLayers => {
    const kind = this.reader.kind();
    if (kind === "null") return { kind };
    if (kind === "array") {
      return { kind: "list", layers: this.reader.list(this.layer) };
    }
    return { kind: this.isSecret() ? "secret" : "other" };
  };

  private readonly layer = (): RecordedLayer => {
    const { reader } = this;
    if (reader.kind() !== "string") return { kind: this.isSecret() ? "secret" : "other" };
    const start = reader.position;
    const text = this.shared(reader.string());
    if (text === unknownMark) return { kind: "other" };
    const found = { kind: "text", text, start: start + 1 } as const;
    if (!parseLayerVersionArn(text)) return { ...found, version: undefined };
    const digits = text.length - text.lastIndexOf(":") - 1;
    return { ...found, version: lastCharacters(reader.bytes, { start, end: reader.position }, text, digits) };
  };

  /** Skips a value and returns whether it is a secret. */
  private isSecret(): boolean {
    if (this.reader.kind() !== "object") {
      this.reader.skip();
      return false;
    }
    const values = this.reader.index(signatureKeys);
    return this.text(values, signatureKey) === secretSignature;
  }

  private shared<T extends string | undefined>(text: T): T {
    if (text === undefined) return text;
    const known = this.known.get(text);
    if (known === undefined) this.known.set(text, text);
    return (known as T | undefined) ?? text;
  }
}
