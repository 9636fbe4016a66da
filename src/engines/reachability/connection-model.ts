import type { PortSet } from "./port-set.ts";

/** What is in neither set is denied. */
export interface Connection {
  readonly allowed: PortSet;
  /** Ports of which what was read does not tell whether they are allowed. */
  readonly unknown: PortSet;
}

/** Connections that are alike, from one class of endpoints. */
export interface ClassEdges {
  /** A class. */
  readonly from: number;
  /** Classes that `from` reaches, or may reach, alike. */
  readonly to: readonly number[];
  readonly connection: Connection;
}
