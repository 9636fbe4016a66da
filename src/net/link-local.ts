/** Addresses at which no registry is: whoever names its host must not make a guard ask a cloud's metadata. */
import { BlockList, isIPv6 } from "node:net";

const refused = new BlockList();
refused.addSubnet("169.254.0.0", 16, "ipv4");
refused.addSubnet("0.0.0.0", 8, "ipv4");
refused.addSubnet("224.0.0.0", 3, "ipv4");
refused.addSubnet("fe80::", 10, "ipv6");
refused.addSubnet("ff00::", 8, "ipv6");
// The metadata service of Amazon's instances by IPv6.
refused.addAddress("fd00:ec2::254", "ipv6");

/** @param address - of IPv4 or IPv6, without brackets */
export function mayBeAsked(address: string): boolean {
  return !refused.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
