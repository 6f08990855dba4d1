import type { ReconciledFacts } from "./facts";
import { KeyTable } from "./keys";
import type { JsonReader } from "./reader";
import { signatureKey } from "./secret";

/** Start offsets of an object's values, by key. */
type Starts = Pick<ReadonlyMap<string, number>, "get">;

/** Reads what a `LayerVersions` resource records of the functions that it reconciles. */
export class ReconciledReader {
  private readonly propertyKeys: KeyTable;

  /** @param versionsProperty the property of the type that holds function to layer to version */
  constructor(
    private readonly reader: JsonReader,
    private readonly versionsProperty: string,
  ) {
    this.propertyKeys = new KeyTable([versionsProperty, "left", "region"], { ofStruct: false });
  }

  /**
   * @param start where the resource starts
   * @param values where the values of its keys start
   */
  read(start: number, values: Starts): ReconciledFacts {
    const { reader } = this;
    const at = values.get("urn");
    const urn = at === undefined ? "" : reader.revisit(at, () => reader.string());
    if (urn === "") reader.fail("shape", "a resource without a URN", start);
    const outputs = this.outputs(values);
    const region = this.value(outputs, "region");
    return {
      urn,
      region: typeof region === "string" && region !== "" ? region : undefined,
      functions: withLost(
        versionsIn(this.value(outputs, this.versionsProperty)),
        versionsIn(this.value(outputs, "left")),
      ),
    };
  }

  private outputs(values: Starts): Starts {
    const { reader } = this;
    const start = values.get("outputs");
    if (start === undefined) return new Map();
    return reader.revisit(start, () =>
      reader.has("object", '"outputs"') ? reader.index(this.propertyKeys) : new Map(),
    );
  }

  /** The value of a property, which is small and known to be valid JSON. */
  private value(values: Starts, name: string): unknown {
    const { reader } = this;
    const start = values.get(name);
    if (start === undefined) return undefined;
    const range = reader.revisit(start, () => reader.skip());
    return JSON.parse(new TextDecoder().decode(reader.bytes.subarray(range.start, range.end)));
  }
}

/**
 * Adds the layers that a refresh has found removed in AWS: the resource attaches them again.
 * @param left the versions that the resource had set, of layers that someone else has changed since
 */
function withLost(functions: ReconciledFacts["functions"], left: ReconciledFacts["functions"]) {
  if (functions === undefined || left === undefined) return undefined;
  return Object.fromEntries(Object.entries(functions).map(([name, layers]) => [name, { ...left[name], ...layers }]));
}

/** A value of another shape, such as a secret, is unknown. */
function versionsIn(value: unknown): ReconciledFacts["functions"] {
  if (value === undefined || value === null) return {};
  if (!isObject(value) || signatureKey in value) return undefined;
  const functions = Object.entries(value);
  const isKnown = ([, layers]: [string, unknown]) =>
    isObject(layers) &&
    !(signatureKey in layers) &&
    Object.values(layers).every((version) => typeof version === "number" || typeof version === "string");
  return functions.every(isKnown) ? (value as ReconciledFacts["functions"]) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
