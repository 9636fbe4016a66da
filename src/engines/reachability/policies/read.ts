import { readCilium } from "../cilium/read.ts";
import { readForeign } from "../foreign.ts";
import type { Reading } from "../reading.ts";
import { readClusterNetworkPolicies } from "./cluster-network-policy.ts";
import { readNetworkPolicies } from "./network-policy.ts";
import { readSecondaryNetworks } from "./secondary-networks.ts";
import { readUserDefinedNetworks } from "./user-defined-networks.ts";

/** All kinds of policies that are read. */
export function readPolicies(reading: Reading): void {
  readNetworkPolicies(reading);
  readClusterNetworkPolicies(reading);
  readCilium(reading);
  readForeign(reading);
  readUserDefinedNetworks(reading);
  readSecondaryNetworks(reading);
}
