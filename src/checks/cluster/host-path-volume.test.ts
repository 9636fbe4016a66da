import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, evaluationsOf, findingsOf } from "../workload/kubernetes/workload.fixture.ts";
import { hostPathVolume } from "./host-path-volume.ts";

const volume = (spec: string) =>
  `apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: node }\nspec: { ${spec} }\n`;
const claim = (spec: string, name = "data") =>
  `---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: ${name}, namespace: shop }\nspec: { ${spec} }\n`;
const POD =
  "---\napiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: shop }\nspec: { containers: [{ name: web }], volumes: [{ name: v, persistentVolumeClaim: { claimName: data } }] }\n";

const found = (text: string) => findingsOf(hostPathVolume, text).map(({ severity, title }) => `${severity}: ${title}`);

test("a place of the node behind a volume and its claim, with who mounts it", () => {
  const all = [
    [volume("hostPath: { path: /etc/kubernetes }, claimRef: { namespace: shop, name: data }"), POD],
    [volume("hostPath: { path: /etc/kubernetes }"), claim("volumeName: node"), POD],
    [volume("hostPath: { path: /etc/kubernetes }, storageClassName: manual"), claim("storageClassName: manual"), POD],
  ];
  for (const texts of all) {
    assert.deepEqual(found(texts.join("")), [
      "critical: PersistentVolume maps /etc/kubernetes of the node (the cluster's keys and static pods), which Pod shop/web can mount",
    ]);
  }
  const [finding] = findingsOf(hostPathVolume, (all[0] as string[]).join(""));
  assert.deepEqual(
    finding?.locations.map((location) => (location.kind === "file" ? [location.line, location.column] : [])),
    [
      [4, 21],
      [9, 48],
    ],
  );
  assert.deepEqual(
    evaluationsOf(hostPathVolume, (all[0] as string[]).join("")).map(({ verdict }) => verdict),
    ["fail"],
  );
});

test("a claim of another volume mounts nothing of it", () => {
  for (const texts of [
    [volume("hostPath: { path: /srv }, claimRef: { namespace: other, name: data }"), POD],
    [volume("hostPath: { path: /srv }"), claim("volumeName: other"), POD],
    [volume("hostPath: { path: /srv }, storageClassName: manual"), claim("storageClassName: fast"), POD],
    [volume("hostPath: { path: /srv }"), claim("{}"), POD],
  ]) {
    assert.deepEqual(found(texts.join("").replace("{ {} }", "{}")), ["medium: PersistentVolume maps /srv of the node"]);
  }
});

test("how bad it is goes by the place, and by whether it can be written", () => {
  const severity = (spec: string) => findingsOf(hostPathVolume, volume(spec)).map((finding) => finding.severity);
  assert.deepEqual(severity("hostPath: { path: /var/run/docker.sock }"), ["critical"]);
  assert.deepEqual(severity("hostPath: { path: / }"), ["critical"]);
  assert.deepEqual(severity("hostPath: { path: / }, accessModes: [ReadOnlyMany]"), ["high"]);
  assert.deepEqual(severity("local: { path: /etc/kubernetes }"), ["critical"]);
  assert.deepEqual(severity("local: { path: /mnt/disks/ssd1 }"), []);
  assert.deepEqual(severity("csi: { driver: a }"), []);
});

test("where there is no such volume there is nothing to judge", () => {
  assert.deepEqual(evaluationsOf(hostPathVolume, volume("nfs: { server: a, path: /etc }") + POD), []);
  assert.deepEqual(detected(hostPathVolume, POD.slice(4)), []);
});
