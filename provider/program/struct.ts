// The engine's answers are google.protobuf.Structs. Decoding a large stack's state takes long, and little of it matters
// here, so this reads the wire format and decodes only what is requested.

import * as pulumi from "@pulumi/pulumi";

/** The members of a struct by name; each is decoded when called. */
export type LazyStruct = ReadonlyMap<string, () => unknown>;

interface Field {
  readonly number: number;
  /** The bytes of texts and messages; the value of numbers. */
  readonly value: Buffer | number;
}

/** The members of an encoded struct. */
export function lazyStruct(message: Buffer): LazyStruct {
  const members = messagesIn(message, 1).map((entry): [string, () => unknown] => {
    const [name] = messagesIn(entry, 1);
    const [value] = messagesIn(entry, 2);
    return [name?.toString() ?? "", () => (value ? decoded(value) : null)];
  });
  return new Map(members);
}

/** The members of a nested struct; empty if it is something else. */
export function structAt(message: Buffer, name: string): LazyStruct {
  const entry = messagesIn(message, 1).findLast((one) => messagesIn(one, 1)[0]?.toString() === name);
  const [struct] = entry ? messagesIn(entry, 2).flatMap((value) => messagesIn(value, 5)) : [];
  return struct ? lazyStruct(struct) : new Map();
}

/** All messages or texts in one field of a message. */
export function messagesIn(message: Buffer, number: number): Buffer[] {
  return fieldsOf(message).flatMap((field) =>
    field.number === number && Buffer.isBuffer(field.value) ? field.value : [],
  );
}

/** A message with one text or message. */
export function textField(number: number, text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
  return Buffer.concat([Buffer.of((number << 3) | 2, ...length, rest), bytes]);
}

/** A google.protobuf.Value as a JavaScript value; secrets are unwrapped. */
function decoded(message: Buffer): unknown {
  // Of several alternatives, the last counts.
  const field = fieldsOf(message).at(-1);
  if (!field) return null;
  const { number, value } = field;
  if (!Buffer.isBuffer(value)) return number === 2 ? value : number === 4 ? value === 1 : null;
  if (number === 3) return value.toString();
  if (number === 6) return messagesIn(value, 1).map(decoded);
  const members = [...lazyStruct(value)].map(([name, member]) => [name, member()] as const);
  return pulumi.runtime.unwrapRpcSecret(Object.fromEntries(members));
}

function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let number = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++] ?? 0;
      number += (byte & 127) * scale;
      if (byte < 128) return number;
    }
  };
  while (at < message.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    const kind = key % 8;
    if (kind === 0) fields.push({ number, value: varint() });
    else if (kind === 1) {
      fields.push({ number, value: message.readDoubleLE(at) });
      at += 8;
    } else if (kind === 2) {
      const length = varint();
      if (at + length > message.length) throw new RangeError("A message ends unexpectedly");
      fields.push({ number, value: message.subarray(at, at + length) });
      at += length;
    } else throw new TypeError(`A message has a field of kind ${kind}, which a struct never has`);
  }
  return fields;
}
