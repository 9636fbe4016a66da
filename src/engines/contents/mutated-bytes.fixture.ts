import fc from "fast-check";

/** A valid file with some bytes changed, a stretch repeated or removed, or its end cut off. For tests. */
export function mutatedBytes(seed: Buffer): fc.Arbitrary<Buffer> {
  const position = fc.nat(Math.max(0, seed.length - 1));
  const mutation = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constant("byte" as const), position, fc.nat(255)) },
    fc.tuple(fc.constant("cut" as const), position, fc.constant(0)),
    fc.tuple(fc.constant("remove" as const), position, fc.nat(64)),
    fc.tuple(fc.constant("repeat" as const), position, fc.nat(64)),
  );
  return fc.array(mutation, { minLength: 1, maxLength: 8 }).map((mutations) => {
    let bytes = Buffer.from(seed);
    for (const [kind, at, amount] of mutations) {
      if (at >= bytes.length) continue;
      if (kind === "byte") bytes[at] = amount;
      else if (kind === "cut") bytes = bytes.subarray(0, at);
      else if (kind === "remove") bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + amount)]);
      else bytes = Buffer.concat([bytes.subarray(0, at + amount), bytes.subarray(at)]);
    }
    return bytes;
  });
}
