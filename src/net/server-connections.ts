/** Which connections a server has, and which one goes where there are too many. */
import type { Socket } from "node:net";

export interface Connections {
  /** A connection as it was accepted. False: it was one too many, and is gone. */
  open(socket: Socket): boolean;
  /** TLS is established, or there is none to wait for. */
  established(socket: Socket): void;
  busy(socket: Socket): void;
  idle(socket: Socket): void;
  size(): number;
  /** Ends those that are not busy, and from now on each that no longer is. */
  end(): void;
  cut(): void;
}

/**
 * Whoever holds a connection without using it gives way to who comes: else a thousand that say nothing lock out the one that
 * asks. First those that are idle the longest, then those that have been at their handshake the longest.
 */
export function createConnections(limit: number, onCut: () => void): Connections {
  const all = new Set<Socket>();
  /** By who is at the other end: a socket of TLS is another than the one that it stands on. */
  const silent = new Map<string, Socket>();
  const idle = new Set<Socket>();
  let ending = false;

  function makeRoom(): boolean {
    const [given] = idle.size > 0 ? idle : silent.values();
    if (given === undefined) return false;
    onCut();
    idle.delete(given);
    silent.delete(peerOf(given));
    given.destroy();
    return true;
  }

  function rest(socket: Socket): void {
    if (socket.destroyed) return;
    if (ending) return void socket.destroySoon();
    idle.add(socket);
  }

  return {
    open(socket) {
      if (all.size >= limit && !makeRoom()) {
        onCut();
        socket.destroy();
        return false;
      }
      const peer = peerOf(socket);
      all.add(socket);
      silent.set(peer, socket);
      socket.once("close", () => {
        all.delete(socket);
        if (silent.get(peer) === socket) silent.delete(peer);
      });
      return true;
    },
    established(socket) {
      silent.delete(peerOf(socket));
      socket.once("close", () => idle.delete(socket));
      rest(socket);
    },
    busy: (socket) => void idle.delete(socket),
    idle: rest,
    size: () => all.size,
    end() {
      ending = true;
      for (const socket of silent.values()) socket.destroy();
      for (const socket of idle) socket.destroySoon();
    },
    cut() {
      for (const socket of all) socket.destroy();
    },
  };
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
