/** Alerts to a syslog server: RFC 5424 over UDP (RFC 5426), TCP or a Unix stream socket (RFC 6587, octets counted). */
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { connect, isIPv6, type Socket } from "node:net";
import { systemCause } from "../../../core/system-cause.ts";
import { bounds } from "./bounds.ts";
import type { OutputPlace } from "./model.ts";
import { createQueue, type Queue, type QueueOptions, type Sent } from "./queue.ts";

export type SyslogPlace = Extract<OutputPlace, { kind: "syslog" }>;

export function openSyslog(
  place: SyslogPlace,
  options: Pick<QueueOptions, "onState" | "first" | "most" | "waiting">,
): Queue {
  const transport = place.transport === "udp" ? datagrams(place) : streams(place);
  const queue = createQueue({ ...options, send: transport.send });
  return {
    ...queue,
    async close(milliseconds) {
      await queue.close(milliseconds);
      transport.close();
    },
  };
}

interface Transport {
  send(message: string, signal: AbortSignal): Promise<Sent>;
  close(): void;
}

/** Nothing tells whether it came: that a datagram was handed to the kernel is all that is known. */
function datagrams({ host, port }: { readonly host: string; readonly port: number }): Transport {
  let socket: DatagramSocket | undefined;
  return {
    async send(message) {
      const bytes = Buffer.from(message, "utf8").subarray(0, bounds.datagramBytes);
      if (socket === undefined) {
        socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
        socket.on("error", () => undefined);
        socket.unref();
      }
      const { promise, resolve } = Promise.withResolvers<Sent>();
      socket.send(bytes, port, host, (error) =>
        resolve(error === null ? { kind: "sent" } : { kind: "again", why: systemCause(error) }),
      );
      return await promise;
    },
    close: () => void socket?.close(),
  };
}

/** What was written when a connection breaks may be lost: the protocol has no answers. */
function streams(place: Exclude<SyslogPlace, { transport: "udp" }>): Transport {
  let socket: Socket | undefined;

  async function connected(signal: AbortSignal): Promise<Socket> {
    if (socket?.writable === true) return socket;
    const next = place.transport === "unix" ? connect({ path: place.path }) : connect(place.port, place.host);
    next.setTimeout(bounds.answerMilliseconds, () => {
      if (next.connecting) next.destroy(new Error("no connection in time"));
    });
    await once(next, "connect", { signal });
    // It says nothing; that it has gone is seen at once, and not with the next alert.
    next.resume();
    next.on("error", () => undefined);
    next.on("end", () => next.destroy());
    next.unref();
    socket = next;
    return next;
  }

  return {
    async send(message, signal) {
      try {
        const to = await connected(signal);
        const bytes = Buffer.from(message, "utf8");
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const broke = () => reject(new Error("the connection broke"));
        to.once("close", broke);
        to.write(Buffer.concat([Buffer.from(`${bytes.length} `), bytes]), (error) =>
          error === null || error === undefined ? resolve() : reject(error),
        );
        try {
          await promise;
        } finally {
          to.off("close", broke);
        }
        return { kind: "sent" };
      } catch (error) {
        socket?.destroy();
        socket = undefined;
        const datagramOnly = (error as NodeJS.ErrnoException).code === "EPROTOTYPE";
        return { kind: "again", why: datagramOnly ? "takes datagrams alone: use syslog+udp" : systemCause(error) };
      }
    },
    close: () => void socket?.destroySoon(),
  };
}
