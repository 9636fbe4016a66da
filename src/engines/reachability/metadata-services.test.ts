import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatAddress, parseAddress } from "../../core/ip-address.ts";
import { metadataServices } from "./metadata-services.ts";

describe("the list of metadata services", () => {
  it("names each address once, as addresses are written, with a document", () => {
    const addresses = metadataServices.map(({ address }) => address);
    assert.equal(new Set(addresses).size, addresses.length);
    for (const { address, source, name, provider } of metadataServices) {
      const parsed = parseAddress(address);
      assert.ok(parsed, address);
      assert.equal(formatAddress(parsed), address);
      assert.match(source, /^https:\/\//);
      assert.ok(name !== "" && provider !== "");
    }
  });

  it("holds those of the large clouds, and no name server", () => {
    const addresses = metadataServices.map(({ address }) => address);
    for (const address of [
      "169.254.169.254",
      "fd00:ec2::254",
      "169.254.170.2",
      "169.254.170.23",
      "fd00:ec2::23",
      "fd20:ce::254",
      "168.63.129.16",
      "100.100.100.200",
      "fd00:c1::a9fe:a9fe",
      "fe80::a9fe:a9fe",
      "169.254.0.23",
    ]) {
      assert.ok(addresses.includes(address), address);
    }
    assert.ok(!addresses.includes("169.254.20.10"));
  });

  it("says of those that pods are meant to use who needs them", () => {
    const needed = metadataServices.filter(({ neededBy }) => neededBy !== undefined).map(({ address }) => address);
    assert.deepEqual(needed, ["169.254.170.2", "169.254.170.23", "fd00:ec2::23", "169.254.169.252"]);
  });
});
