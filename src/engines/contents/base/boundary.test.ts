import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { HistoryStep } from "../../oci/model.ts";
import { boundaryOf } from "./boundary.ts";

function layer(createdBy: string, comment?: string): HistoryStep {
  return { createdBy, emptyLayer: false, ...(comment === undefined ? {} : { comment }) };
}
function setting(createdBy: string, comment?: string): HistoryStep {
  return { ...layer(createdBy, comment), emptyLayer: true };
}

const debian = [layer("/bin/sh -c #(nop) ADD file:abc in / "), setting('/bin/sh -c #(nop)  CMD ["bash"]')];
const node = [
  ...debian,
  layer("RUN install node"),
  setting('ENTRYPOINT ["docker-entrypoint.sh"]'),
  setting('CMD ["node"]'),
];

test("the last CMD below the last layer ends the base", () => {
  assert.deepEqual(boundaryOf([...node, layer("COPY . ."), setting('CMD ["main.js"]')]), {
    ...{ layers: 2, step: 4, mark: "CMD" },
  });
  assert.deepEqual(boundaryOf([...debian, layer("RUN a # buildkit"), layer("RUN b # buildkit")])?.layers, 1);
});

test("an image's own CMD at its end is no boundary, and so a base alone has none", () => {
  assert.equal(boundaryOf(debian), undefined);
  assert.equal(boundaryOf([layer("COPY app /"), setting('CMD ["/app"]')]), undefined);
  assert.equal(boundaryOf([setting('CMD ["/app"]'), layer("COPY app /")]), undefined);
  assert.equal(boundaryOf([]), undefined);
});

test("what buildah notes at the first step of a stage counts before that", () => {
  const name = "registry.example.com/base/debian:13";
  const steps = [...debian, setting("/bin/sh -c #(nop) ENV A=1", `FROM ${name}`), layer("RUN x", "FROM 0123456789ab")];
  assert.deepEqual(boundaryOf(steps), { layers: 1, step: 1, name, mark: "FROM" });
  const pinned = `${name}@sha256:${"0".repeat(64)}`;
  assert.equal(boundaryOf([...debian, layer("RUN x", `FROM ${pinned}`)])?.name, pinned);
  assert.equal(boundaryOf([...debian, layer("RUN x", "FROM a b")])?.mark, "CMD");
});

test("property: never more layers than there are, whatever the history says", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("CMD [", "ENTRYPOINT x", "FROM x", "FROM y:1", "RUN x"));
  const step = fc.record({ createdBy: text, comment: text, emptyLayer: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step), (history) => {
      const found = boundaryOf(history);
      const layers = history.filter(({ emptyLayer }) => !emptyLayer).length;
      assert.ok(found === undefined || (found.layers >= 0 && found.layers <= layers && found.step < history.length));
    }),
  );
});
