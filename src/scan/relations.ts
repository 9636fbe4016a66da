/** How what was read hangs together: what runs which image. */
import { parseDigest } from "../core/digest.ts";
import { splitImageName } from "../core/image-name.ts";
import type { Relation } from "../core/relation.ts";
import { bounds as kubernetesBounds } from "../engines/kubernetes/bounds.ts";
import type { ImageOwner, RunningImage, SilentPods } from "../engines/kubernetes/cluster/running.ts";
import { containersOf, lineageOf, type Manifests } from "../engines/kubernetes/model.ts";
import { scopeOf } from "../evaluate/kubernetes/namespaces.ts";

/** A cluster runs each of its pods' images, as their states say, and so does what made these pods. */
export function runningRelations(images: readonly RunningImage[], cluster: string, now: Date): Relation[] {
  return images.flatMap(({ name, digest, repository, since, pods, owners, examples }): Relation[] => {
    const isTime = since !== undefined && !Number.isNaN(Date.parse(since));
    const whole: Relation = {
      type: "runs",
      from: { kind: "cluster", id: cluster, name: cluster },
      to:
        digest === undefined
          ? { kind: "image", id: name, identifiedBy: "reference", name }
          : // A runtime that knows no repository names the config's digest.
            { kind: "image", id: digest, identifiedBy: repository === undefined ? "config" : "manifest", name },
      observedAt: now.toISOString(),
      ...(isTime ? { since } : {}),
      evidence: {
        pods: String(pods),
        examples: examples.join(", "),
        ...(repository === undefined ? {} : { repository }),
      },
      gaps:
        digest === undefined
          ? [{ code: "cluster.image-digest", reason: `no container runtime reports the digest of ${name}` }]
          : [],
    };
    return [whole, ...owners.map((owner) => ofOwner(whole, owner, cluster))];
  });
}

/** Pods that are there and of which no kubelet tells what they run: they run what they ask for, whatever that is. */
export function silentRelations(pods: readonly SilentPods[], cluster: string, now: Date): Relation[] {
  return pods.flatMap(({ images, ...owner }) =>
    images.map((name): Relation => {
      const whole: Relation = {
        type: "runs",
        from: { kind: "cluster", id: cluster, name: cluster },
        to: { kind: "image", id: name, identifiedBy: "reference", name },
        observedAt: now.toISOString(),
        evidence: {},
        gaps: [{ code: "cluster.image-digest", reason: `no kubelet reports what runs as ${name}` }],
      };
      return ofOwner(whole, owner, cluster);
    }),
  );
}

/** Since when its own pods run is not told: `since` is of the oldest of all. */
function ofOwner({ since: _, ...whole }: Relation, owner: ImageOwner, cluster: string): Relation {
  const { kind, namespace, name, pods } = owner;
  const id = `${cluster}/${kind}/${namespace}/${name}`.slice(0, kubernetesBounds.assetNameLength);
  return {
    ...whole,
    from: { kind: "workload", id, name: `${namespace}/${kind}/${name}` },
    evidence: { pods: String(pods) },
  };
}

/** A workload of manifests would run the images that its containers name: what a tag is then, nobody can say now. */
export function manifestRelations({ workloads }: Manifests, now: Date): Relation[] {
  return workloads.flatMap(({ object, pod }) => {
    const id = lineageOf(object, scopeOf(object)).slice(0, kubernetesBounds.assetNameLength);
    const named = new Map<string, string[]>();
    for (const { container } of containersOf(pod)) {
      if (container.image === undefined || container.image === "") continue;
      const containers = named.get(container.image);
      if (containers === undefined) named.set(container.image, [container.name ?? ""]);
      else containers.push(container.name ?? "");
    }
    return Array.from(named, ([image, containers]): Relation => {
      const digest = parseDigest(splitImageName(image).digest);
      return {
        type: "runs",
        from: { kind: "workload", id, name: id },
        // It may be of an index: what it is, only the registry says.
        to: { kind: "image", id: image, identifiedBy: "reference", name: image },
        observedAt: now.toISOString(),
        evidence: { containers: containers.join(", "), ...(digest === undefined ? {} : { digest }) },
        gaps: digest === undefined ? [{ code: "image.by-tag", reason: `${image} is not pinned by digest` }] : [],
      };
    });
  });
}
