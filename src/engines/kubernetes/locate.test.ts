import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manifestReader, readManifests } from "./manifests.ts";
import { fieldRange, type KubernetesObject, locationOf } from "./model.ts";

describe("places", () => {
  const text = `# c\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: web\n    annotations: {"example.com/a": b}\n  spec:\n    containers:\n    - image: x\n`;
  const object = (given: string): KubernetesObject => {
    const [first] = readManifests([{ path: "a.yaml", text: given }]).objects;
    assert.ok(first);
    return first;
  };
  const at = (given: string, ...field: (string | number)[]) => {
    const location = locationOf(object(given), field);
    return location.kind === "file" ? `${location.line}:${location.column}` : location.kind;
  };

  test("of fields, and of what is closest to a field that is not stated", () => {
    assert.equal(at(text), "5:3");
    assert.equal(at(text, "metadata", "name"), "8:5");
    assert.equal(at(text, "metadata", "annotations", "example.com/a"), "9:19");
    assert.equal(at(text, "spec", "containers", 0), "12:7");
    assert.equal(at(text, "spec", "containers", 0, "image"), "12:7");
    assert.equal(at(text, "spec", "containers", 0, "securityContext", "privileged"), "12:7");
    assert.equal(at(text, "spec", "hostPID"), "10:3");
  });

  test("with line ends of Windows, and a byte order mark", () => {
    assert.equal(at(`\ufeff${text.replaceAll("\n", "\r\n")}`, "metadata", "name"), "8:5");
  });

  test("in a later document, and in JSON", () => {
    const pod = '{"apiVersion":"v1","kind":"Pod",\n\t"metadata":{"name":"x"}}';
    assert.equal(at(`---\n# nothing\n---\n${pod}\n`, "metadata", "name"), "5:14");
    assert.equal(at(pod, "metadata", "name"), "2:14");
  });

  test("what is cut out of the text is the value", () => {
    const { source } = object(text);
    assert.ok(source.kind === "file");
    const range = fieldRange(source, ["metadata", "name"]);
    assert.equal(text.slice(range.start, range.end), "web");
    assert.equal(range.key && text.slice(range.key.start, range.key.end), "name");
    assert.equal(range.stated, true);
    const missing = fieldRange(source, ["spec", "hostPID"]);
    assert.deepEqual([missing.stated, missing.field], [false, ["spec"]]);
  });

  test("of an alias the value stands elsewhere, and is shared", () => {
    const aliased = `apiVersion: v1\nkind: Pod\nmetadata: &m\n  name: x\n  labels: { name: y }\nother: *m\n`;
    const { source } = object(aliased);
    assert.ok(source.kind === "file");
    assert.equal(fieldRange(source, ["other", "name"]).shared, true);
    assert.equal(fieldRange(source, ["metadata", "name"]).shared, false);
    assert.equal(aliased.slice(fieldRange(source, ["other", "name"]).start).startsWith("x"), true);
  });

  test("of a cluster's object, the object and its field", () => {
    const reader = manifestReader();
    reader.object(
      { kind: "PodList", apiVersion: "v1", items: [{ metadata: { name: "x" }, spec: { containers: [{ name: 1 }] } }] },
      { kind: "cluster", cluster: "test" },
    );
    const found = reader.manifests();
    const [workload] = found.workloads;
    assert.ok(workload);
    assert.equal(workload.object.kind, "Pod");
    assert.deepEqual(locationOf(workload.object, ["spec", "hostPID"]), {
      kind: "object",
      object: "Pod x",
      field: "spec.hostPID",
    });
    assert.deepEqual(locationOf(workload.object), { kind: "object", object: "Pod x" });
    assert.deepEqual(
      found.gaps.map(({ reason, object }) => [reason, object === workload.object]),
      [["spec.containers[0].name: expected a string", true]],
    );
  });
});
