/** A thread that reads layers (layer-threads.ts): one after the other, until nobody has more for it. */
import type { MessagePort } from "node:worker_threads";
import { openStreamInflater, type StreamInflater } from "../../formats/deflate/stream.ts";
import { type LayerFile, readLayerFile } from "./layer-file.ts";
import { type Bell, type PieceWriter, pieceWriter, type Ring } from "./piece-ring.ts";

export interface LayerThreadStart {
  /** Layers come by it, as {@link ThreadLayer}; it is closed where there are no more. */
  readonly port: MessagePort;
  readonly ring: Ring;
  readonly bell: Bell;
}

export interface ThreadLayer extends LayerFile {
  /** They go up from 1. */
  readonly number: number;
}

export function readLayers({ port, ring, bell }: LayerThreadStart): Promise<void> {
  const pieces = pieceWriter(ring, bell);
  const inflater = openStreamInflater(ring);
  port.on("message", (layer: ThreadLayer) => {
    pieces.begin(layer.number);
    pieces.end(inflater !== undefined && isRead(layer, pieces, inflater));
  });
  return new Promise((resolve) => port.once("close", resolve));
}

/** What breaks is broken for the first thread as well, which then says so. */
function isRead(layer: ThreadLayer, pieces: PieceWriter, inflater: StreamInflater): boolean {
  try {
    return readLayerFile(layer, pieces, inflater);
  } catch {
    return false;
  }
}
