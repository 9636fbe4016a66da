/**
 * Messages of protocol buffers as they are sent ("Encoding", wire format of proto3), without their schemas: whoever reads one
 * knows which field is what.
 */
import type { Problem } from "../../core/problem.ts";

/** A field's number, and what it holds: a varint, or the bytes of a text, a message or a packed list. */
export interface ProtobufField {
  readonly number: number;
  /** Of a varint, and of what has 4 or 8 bytes. */
  readonly value: bigint;
  /** Empty for those. */
  readonly bytes: Buffer;
}

const VARINT = 0;
const EIGHT = 1;
const DELIMITED = 2;
const FOUR = 5;

/**
 * The fields of one message in their order; groups, which nobody sends any more, are refused. The work is bounded by the bytes:
 * none is read twice on one level.
 *
 * @param broken - makes the Problem that is thrown where the message is cut or lies
 */
export function* protobufFields(message: Buffer, broken: (cause: string) => Problem): Generator<ProtobufField> {
  let at = 0;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at];
      if (byte === undefined) throw broken("a message that ends within a number");
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw broken("a number of more than ten bytes");
  }

  function take(length: number): Buffer {
    if (length > message.length - at) throw broken("a field that is longer than its message");
    at += length;
    return message.subarray(at - length, at);
  }

  while (at < message.length) {
    const key = varint();
    const number = Number(key >> 3n);
    if (number === 0 || number > 2 ** 29 - 1) throw broken("a field whose number none has");
    switch (Number(key & 7n)) {
      case VARINT:
        yield { number, value: varint(), bytes: NONE };
        break;
      case EIGHT:
        yield { number, value: take(8).readBigUInt64LE(), bytes: NONE };
        break;
      case FOUR:
        yield { number, value: BigInt(take(4).readUInt32LE()), bytes: NONE };
        break;
      case DELIMITED: {
        const length = varint();
        if (length > BigInt(message.length)) throw broken("a field that is longer than its message");
        yield { number, value: 0n, bytes: take(Number(length)) };
        break;
      }
      default:
        throw broken("a field of a kind that none has");
    }
  }
}

const NONE = Buffer.alloc(0);

/** A message of such fields: texts and messages as bytes, true as 1. */
export function protobufMessage(fields: readonly (readonly [number, string | Buffer | number | boolean])[]): Buffer {
  const parts: Buffer[] = [];
  for (const [number, value] of fields) {
    const isBytes = typeof value === "string" || Buffer.isBuffer(value);
    parts.push(varintOf(number * 8 + (isBytes ? DELIMITED : VARINT)));
    if (!isBytes) {
      parts.push(varintOf(Number(value)));
      continue;
    }
    const bytes = Buffer.from(value as string);
    parts.push(varintOf(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

function varintOf(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  bytes.push(left);
  return Buffer.from(bytes);
}
