/** The bodies that a server is being sent. */
import type { IncomingMessage } from "node:http";

export type ReceivedBody = Buffer | "too-large" | "no-room" | "gone";

export interface Receiving {
  /** The whole body, or why there is none. */
  receive(request: IncomingMessage): Promise<ReceivedBody>;
}

interface Reading {
  readonly chunks: Buffer[];
  size: number;
  end(outcome: ReceivedBody): void;
}

/**
 * What is counted is what has come, not what was announced: announcing costs nothing. Where all together are over the limit,
 * the body that has taken the longest is given up, so that slow clients cannot hold the room against quick ones.
 *
 * @param limits - bytes of one, and of all together
 */
export function createReceiving(limits: { readonly one: number; readonly all: number }): Receiving {
  const readings = new Set<Reading>();
  let held = 0;

  function makeRoom(): void {
    for (const oldest of readings) {
      if (held <= limits.all) return;
      oldest.end("no-room");
    }
  }

  return {
    receive(request) {
      const { promise, resolve } = Promise.withResolvers<ReceivedBody>();
      const onData = (chunk: Buffer) => {
        reading.size += chunk.length;
        held += chunk.length;
        if (reading.size > limits.one) return reading.end("too-large");
        reading.chunks.push(chunk);
        if (held > limits.all) makeRoom();
      };
      const onEnd = () => reading.end(reading.chunks.length === 1 ? (reading.chunks[0] as Buffer) : joined(reading));
      const onClose = () => reading.end("gone");
      const reading: Reading = {
        chunks: [],
        size: 0,
        end(outcome) {
          if (!readings.delete(reading)) return;
          held -= reading.size;
          reading.chunks.length = 0;
          request.off("data", onData).off("end", onEnd).off("close", onClose);
          resolve(outcome);
        },
      };
      readings.add(reading);
      request.on("data", onData).on("end", onEnd).on("close", onClose);
      return promise;
    },
  };
}

function joined({ chunks, size }: Reading): Buffer {
  return Buffer.concat(chunks, size);
}
