/** Somebody who knows containers: a runtime by its socket, or its files. */
import type { ContainerFacts } from "../../../engines/events/containers/model.ts";

export interface ContainerSource {
  /** How it is named to the user: `docker (/run/docker.sock)`. */
  readonly place: string;
  /** Of which runtimes it tells. */
  readonly runtimes: readonly ContainerFacts["runtime"][];
  /**
   * Whose it is, where that is not root: it is asked about containers of that user's own slice alone. Whoever serves a socket
   * may say whatever they like.
   */
  readonly uid?: number;
  /**
   * All that there are now.
   *
   * @throws Problem
   */
  list(signal: AbortSignal): Promise<readonly ContainerFacts[]>;
  /**
   * One by its whole id, or the 12 characters that events have.
   *
   * @returns undefined where it knows none
   * @throws Problem
   */
  find(id: string, signal: AbortSignal): Promise<ContainerFacts | undefined>;
  /**
   * Calls for each container that may have become known or changed, until the signal or until it breaks.
   *
   * @throws Problem
   */
  follow(changed: (id: string) => void, signal: AbortSignal): Promise<void>;
  close(): void;
}
