import type { BrokenRule } from "./facts";
import { afterSpace } from "./json";
import { KeyTable } from "./keys";
import type { JsonReader } from "./reader";
import { unknownMark } from "./secret";
import { TokenTable } from "./token-table";

/** The keys of a resource that hold its references. */
export const referenceKeys = [
  ...["custom", "parent", "provider", "dependencies", "propertyDependencies", "deletedWith", "replaceWith"],
] as const;

const snippetKeys = new KeyTable(["uuid"], { ofStruct: true });

type Starts = Pick<ReadonlyMap<string, number>, "get">;

/** The first finding: a broken rule, or a reference to a resource that may still follow. */
type Found = BrokenRule | { readonly urn: string; readonly relation: string; readonly at: number };

/**
 * Pulumi's own rules for a state, checked resource by resource in order. A state that breaks one is refused by every
 * Pulumi command except `stack export`, `stack import` and `state repair`.
 */
export class IntegrityCheck {
  private readonly urns: TokenTable;
  /** The URNs of which all resources so far are pending deletion. */
  private readonly leaving = new Set<number>();
  /** Providers in the form of references: URN and id. */
  private readonly providers = new Set<string>();
  private readonly usedProviders: TokenTable;
  private count = 0;
  private first: Found | undefined;

  constructor(private readonly reader: JsonReader) {
    this.urns = new TokenTable(reader.bytes);
    this.usedProviders = new TokenTable(reader.bytes);
  }

  /**
   * @param type the resource's type
   * @param values where its values start
   */
  resource(type: string, values: Starts): void {
    const index = this.count++;
    const at = this.text(values, "urn");
    if (at === undefined) {
      this.breaks(`resource ${index} has no URN`);
      return;
    }
    if (!this.first) this.checkReferences(at, type, values);
    const { size } = this.urns;
    const number = this.urns.add(at);
    const isNew = this.urns.size > size;
    if (this.flag(values, "delete")) {
      if (isNew) this.leaving.add(number);
    } else if (!isNew && !this.leaving.delete(number)) this.breaks(`${this.urns.text(number)} appears twice`);
  }

  /** Reads the snippets, each of which has its own id. */
  snippets(): void {
    const { reader } = this;
    if (reader.kind() !== "array") {
      reader.skip();
      return;
    }
    const ids = new Set<string>();
    let number = 0;
    reader.array(() => {
      const uuid = this.text(reader.kind() === "object" ? reader.index(snippetKeys) : this.passed(), "uuid");
      const id = uuid === undefined ? "" : this.string(uuid);
      if (id === "" || ids.has(id)) this.breaks(`snippet ${number} has no unique id`);
      ids.add(id);
      number++;
    });
  }

  private passed(): Starts {
    this.reader.skip();
    return new Map();
  }

  /** The first broken rule; undefined if none. */
  broken(): BrokenRule | undefined {
    const { first } = this;
    if (first === undefined || "what" in first) return first;
    const to = this.string(first.at);
    const comes = this.urns.find(first.at) >= 0 ? "comes after it" : "is missing";
    return {
      what: `${first.urn}: its ${first.relation} ${to} ${comes}`,
      repairable: first.relation !== "replaceWith" && to !== first.urn,
    };
  }

  private checkReferences(at: number, type: string, values: Starts): void {
    const isProvider = type.startsWith("pulumi:providers:") && type.length > "pulumi:providers:".length;
    const id = this.text(values, "id");
    if (id !== undefined && !this.flag(values, "custom")) {
      this.breaks(`${this.string(at)} has an id but is not a provider's resource`);
    }
    if (isProvider) {
      const urn = this.string(at);
      if (!isProviderUrn(urn)) this.breaks(`the provider ${urn} has a URN that nothing can refer to`);
      this.providers.add(`${urn}::${id === undefined ? unknownMark : this.string(id)}`);
    }
    this.checkProvider(at, values);
    this.refers(at, "parent", this.text(values, "parent"));
    this.refersToAll(at, "dependency", values.get("dependencies"));
    this.refersToAll(at, "dependency of a property,", values.get("propertyDependencies"));
    this.refers(at, "deletedWith", this.text(values, "deletedWith"));
    this.refersToAll(at, "replaceWith", values.get("replaceWith"));
  }

  private checkProvider(at: number, values: Starts): void {
    const provider = this.text(values, "provider");
    // One named by a resource stays known.
    if (provider === undefined || this.usedProviders.find(provider) >= 0) return;
    const reference = this.string(provider);
    const end = reference.lastIndexOf("::");
    if (end < 0 || !isProviderUrn(reference.slice(0, end))) {
      this.breaks(`${this.string(at)}: its provider ${reference} is not a reference to a provider`);
    } else if (this.providers.has(reference)) this.usedProviders.add(provider);
    else if (!this.flag(values, "pendingReplacement")) {
      this.breaks(`${this.string(at)}: its provider ${reference} does not come before it`, true);
    }
  }

  private refers(at: number, relation: string, to: number | undefined): void {
    if (to === undefined || this.first || this.urns.find(to) >= 0) return;
    this.first = { urn: this.string(at), relation, at: to };
  }

  /** All strings in the lists of a value, which is a list or has lists as members. */
  private refersToAll(at: number, relation: string, start: number | undefined): void {
    const { bytes } = this.reader;
    if (start === undefined) return;
    let depth = 0;
    let inList = false;
    let i = start;
    do {
      const byte = bytes[i] as number;
      if (byte === 0x22) {
        const text = i++;
        // The scan has already checked it, so it is a complete text.
        for (let inside = bytes[i]; inside !== 0x22; inside = bytes[i]) i += inside === 0x5c ? 2 : 1;
        // An empty text refers to nothing.
        if (inList && i - text > 1) this.refers(at, relation, text);
      } else if (byte > 0x40) {
        // Brackets and braces: no other bytes as large are in an object of lists of texts, but those of null.
        if (byte === 0x5b || byte === 0x7b) depth++;
        else if (byte === 0x5d || byte === 0x7d) depth--;
        if (byte === 0x5b) inList = true;
        else if (byte === 0x5d) inList = false;
      }
      i++;
    } while (depth > 0);
  }

  private breaks(what: string, repairable = false): void {
    this.first ??= { what, repairable };
  }

  /** Where a text starts; undefined if it is absent, empty or not a text. */
  private text(values: Starts, key: string): number | undefined {
    const start = values.get(key);
    if (start === undefined) return undefined;
    const { bytes } = this.reader;
    const at = afterSpace(bytes, start);
    return bytes[at] === 0x22 && bytes[at + 1] !== 0x22 ? at : undefined;
  }

  private flag(values: Starts, key: string): boolean {
    const at = values.get(key);
    return at !== undefined && this.reader.bytes[at] === 0x74; // t
  }

  private string(at: number): string {
    return this.reader.revisit(at, () => this.reader.string());
  }
}

function isProviderUrn(urn: string): boolean {
  const [head = "", , types = "", ...names] = urn.split("::");
  const type = types.slice(types.lastIndexOf("$") + 1);
  return head.startsWith("urn:pulumi:") && names.length > 0 && /^pulumi:providers:./.test(type);
}
