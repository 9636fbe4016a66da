import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import { readManifests } from "../manifests.ts";
import { containersOf, describeObject, formatFieldPath, lineageOf, locationOf } from "../model.ts";

const read = (text: string) => readManifests([{ path: "a.yaml", text }]);

/** Of each workload: what it is called, where its pod is and its containers are, and whether that is all of it. */
function found(text: string) {
  return read(text).workloads.map(({ object, podPath, pod, form, untold }) => [
    describeObject(object),
    ...containersOf(pod).map(({ path }) => formatFieldPath([...podPath, ...path])),
    form ?? "of the API",
    ...(untold ?? []).map(({ reason }) => reason),
  ]);
}

const header = (apiVersion: string, kind: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x }\n`;
const CONTAINERS = "containers: [{ name: web, image: 'nginx:1', securityContext: { privileged: true } }]";
const ONE = "{ name: one, image: 'alpine:3', securityContext: { privileged: true } }";

/** Kind, specification, and the paths of its containers. */
const WHOLE: readonly (readonly [apiVersion: string, kind: string, spec: string, ...containers: string[]])[] = [
  ["argoproj.io/v1alpha1", "Rollout", `template: { spec: { ${CONTAINERS} } }`, "spec.template.spec.containers[0]"],
  [
    "apps.openshift.io/v1",
    "DeploymentConfig",
    `template: { spec: { ${CONTAINERS} } }`,
    "spec.template.spec.containers[0]",
  ],
  [
    "serving.knative.dev/v1",
    "Service",
    `template: { spec: { containers: [{ image: a }] } }`,
    "spec.template.spec.containers[0]",
  ],
  ["apps.kruise.io/v1alpha1", "CloneSet", `template: { spec: { ${CONTAINERS} } }`, "spec.template.spec.containers[0]"],
  [
    "jobset.x-k8s.io/v1alpha2",
    "JobSet",
    `replicatedJobs: [{ name: a, template: { spec: { template: { spec: { ${CONTAINERS} } } } } }]`,
    "spec.replicatedJobs[0].template.spec.template.spec.containers[0]",
  ],
  ["argoproj.io/v1alpha1", "Workflow", `templates: [{ name: a, container: ${ONE} }]`, "spec.templates[0].container"],
  ["argoproj.io/v1alpha1", "Workflow", `templates: [{ name: a, script: ${ONE} }]`, "spec.templates[0].script"],
  [
    "argoproj.io/v1alpha1",
    "CronWorkflow",
    `workflowSpec: { templates: [{ name: a, container: ${ONE}, sidecars: [${ONE}] }] }`,
    "spec.workflowSpec.templates[0].sidecars[0]",
    "spec.workflowSpec.templates[0].container",
  ],
  [
    "argoproj.io/v1alpha1",
    "WorkflowTemplate",
    `templates: [{ name: a, containerSet: { containers: [${ONE}] } }]`,
    "spec.templates[0].containerSet.containers[0]",
  ],
  ["tekton.dev/v1", "Task", `steps: [${ONE}], sidecars: [${ONE}]`, "spec.steps[0]", "spec.sidecars[0]"],
  ["tekton.dev/v1", "Task", "stepTemplate: { image: a }, steps: [{ script: x, image: '' }]", "spec.steps[0]"],
  [
    "tekton.dev/v1",
    "Pipeline",
    `tasks: [{ name: a, taskSpec: { steps: [${ONE}] } }]`,
    "spec.tasks[0].taskSpec.steps[0]",
  ],
  ["serving.kserve.io/v1beta1", "InferenceService", `predictor: { ${CONTAINERS} }`, "spec.predictor.containers[0]"],
  [
    "example.com/v1",
    "Anything",
    `deep: [[{ er: { podSpec: { ${CONTAINERS} } } }]]`,
    "spec.deep[0][0].er.podSpec.containers[0]",
  ],
  ["v1", "pod", CONTAINERS, "spec.containers[0]"],
  ["apps/v1", "Pod", CONTAINERS, "spec.containers[0]"],
  ["apps/v1", "deployment", `template: { spec: { ${CONTAINERS} } }`, "spec.template.spec.containers[0]"],
  ["v1", "Deployment", `template: { spec: { ${CONTAINERS} } }`, "spec.template.spec.containers[0]"],
  ["apps", "Deployment", `template: { spec: { ${CONTAINERS} } }`, "spec.template.spec.containers[0]"],
  [
    "batch/v1",
    "cronjob",
    `jobTemplate: { spec: { template: { spec: { ${CONTAINERS} } } } }`,
    "spec.jobTemplate.spec.template.spec.containers[0]",
  ],
  [
    "apps/v1",
    "Job",
    `template: { spec: { initContainers: [${ONE}], ${CONTAINERS} } }`,
    "spec.template.spec.initContainers[0]",
    "spec.template.spec.containers[0]",
  ],
];

describe("pods of kinds that their controllers alone know", () => {
  for (const [apiVersion, kind, spec, ...paths] of WHOLE) {
    test(`${apiVersion} ${kind}: ${spec.slice(0, 40)}`, () => {
      const text = `${header(apiVersion, kind)}spec: { ${spec} }\n`;
      assert.deepEqual(found(text), [[`${kind} x`, ...paths, "whole"]]);
      const { gaps, unknownKinds } = read(text);
      assert.deepEqual([gaps, [...unknownKinds]], [[], []]);
    });
  }

  test("each of several has a name of its own, and the place of its fields", () => {
    const text = `${header("argoproj.io/v1alpha1", "Workflow")}spec:\n  volumes: [{ name: v, hostPath: { path: / } }]\n  templates:\n  - name: one\n    container: ${ONE}\n  - name: two\n    volumes: [{ name: own, emptyDir: {} }]\n    container: ${ONE}\n  - name: two\n    script: ${ONE}\n`;
    const { workloads, objects } = read(text);
    assert.equal(objects.length, 1);
    assert.deepEqual(
      workloads.map(({ object, pod }) => [lineageOf(object, "."), pod.volumes.map(({ name }) => name)]),
      [
        ["./Workflow//x (one)", ["v"]],
        ["./Workflow//x (spec.templates[1])", ["own"]],
        ["./Workflow//x (spec.templates[2])", ["v"]],
      ],
    );
    const [one] = workloads;
    assert.ok(one);
    const place = (...path: (string | number)[]) => locationOf(one.object, [...one.podPath, ...path]);
    assert.deepEqual(place("volumes", 0), { kind: "file", path: "a.yaml", line: 5, column: 13 });
    const [{ path } = { path: [] }] = containersOf(one.pod);
    const privileged = place(...path, "securityContext", "privileged");
    assert.deepEqual(privileged, { kind: "file", path: "a.yaml", line: 8, column: 67 });
  });

  test("whole objects within one are objects", () => {
    const inner = `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { template: { spec: { ${CONTAINERS} } } } }`;
    const role = "{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: r }, rules: [] }";
    const crossplane = `${header("kubernetes.crossplane.io/v1alpha2", "Object")}spec: { forProvider: { manifest: ${inner} } }\n`;
    assert.deepEqual(found(crossplane), [["Deployment shop/web", "spec.template.spec.containers[0]", "of the API"]]);
    const template = read(`${header("template.openshift.io/v1", "Template")}objects: [${inner}, ${role}]\n`);
    assert.deepEqual([template.workloads.length, template.roles.length, template.gaps], [1, 1, []]);
    const [workload] = template.workloads;
    assert.ok(workload);
    const [line, column] = [4, `objects: [${inner.slice(0, inner.indexOf("spec"))}`.length + 1];
    assert.deepEqual(locationOf(workload.object, ["spec"]), { kind: "file", path: "a.yaml", line, column });
  });

  test("what a step's template states holds where the step states nothing", () => {
    const [task] = read(
      `${header("tekton.dev/v1", "Task")}spec: { stepTemplate: { image: b, securityContext: { privileged: true, runAsUser: 1 } }, steps: [{ name: a, image: c, securityContext: { runAsUser: 2 } }] }\n`,
    ).workloads;
    const [step] = task?.pod.containers ?? [];
    assert.deepEqual([step?.image, step?.securityContext], ["c", { privileged: true, runAsUser: 2 }]);
  });
});

describe("what is there in part is untold", () => {
  const parts: Readonly<Record<string, readonly [apiVersion: string, kind: string, spec: string, told: RegExp]>> = {
    "containers without images": [
      "monitoring.coreos.com/v1",
      "Prometheus",
      "containers: [{ name: prometheus }]",
      /^spec\.containers\[0\] names no image/,
    ],
    "an image and containers": [
      "monitoring.coreos.com/v1",
      "Prometheus",
      "image: 'a:1', containers: [{ name: b, image: c }]",
      /an image of its own beside containers/,
    ],
    "init containers alone": [
      "example.com/v1",
      "A",
      "initContainers: [{ name: b, image: c }]",
      /no containers of its own/,
    ],
    "an image alone": [
      "example.com/v1",
      "A",
      "image: 'registry.example.com/a:1'",
      /^names an image \(spec\.image\) and no containers/,
    ],
    "images in several places": [
      "kafka.strimzi.io/v1beta2",
      "Kafka",
      "kafka: { image: 'a:1' }, zookeeper: { image: 'b:1' }",
      /^names an image \(spec\.kafka\.image\)/,
    ],
    "an image of a chart": [
      "helm.toolkit.fluxcd.io/v2",
      "HelmRelease",
      "values: { image: { repository: a, tag: b } }",
      /^names an image \(spec\.values\.image\)/,
    ],
    "a pod's template without containers": [
      "tekton.dev/v1",
      "TaskRun",
      "podTemplate: { hostNetwork: true }",
      /^spec\.podTemplate is part of a pod/,
    ],
    "a patch as text": [
      "argoproj.io/v1alpha1",
      "Workflow",
      "podSpecPatch: '{}'",
      /^spec\.podSpecPatch is part of a pod/,
    ],
    "containers that are none": [
      "example.com/v1",
      "A",
      "containers: text",
      /^spec\.containers is not a list of containers/,
    ],
    "containers of other pods": ["apps.kruise.io/v1alpha1", "SidecarSet", CONTAINERS, /adds to pods of others/],
  };
  for (const [name, [apiVersion, kind, spec, told]] of Object.entries(parts)) {
    test(name, () => {
      const { workloads, gaps } = read(`${header(apiVersion, kind)}spec: { ${spec} }\n`);
      const [workload] = workloads;
      assert.deepEqual([workloads.length, workload?.form, gaps], [1, "part", []]);
      assert.match(workload?.untold?.[0]?.reason ?? "", told);
      assert.deepEqual(
        workload?.untold?.map(({ code, path }) => [code, path]),
        [["kubernetes.pod-not-stated", "a.yaml"]],
      );
    });
  }

  test("an image that is a parameter: the rest is whole", () => {
    for (const image of ["$(params.image)", "{{inputs.parameters.image}}", `$${"{IMAGE}"}:1`]) {
      const [task] = read(
        `${header("tekton.dev/v1", "Task")}spec: { steps: [{ name: a, image: '${image}' }] }\n`,
      ).workloads;
      assert.deepEqual([task?.form, task?.pod.containers[0]?.image], ["whole", undefined]);
      assert.match(task?.untold?.[0]?.reason ?? "", /is a parameter/);
    }
  });

  test("the tag apart from the name: no image given whole", () => {
    const text = `${header("nvidia.com/v1", "ClusterPolicy")}spec: { driver: { repository: nvcr.io/nvidia, image: driver, version: '1' } }\n`;
    const [workload] = read(text).workloads;
    assert.deepEqual([workload?.form, workload?.pod.containers.map(({ image }) => image)], ["part", [undefined]]);
  });

  test("one that is too large to be looked through", () => {
    const deep = `${"{ a: ".repeat(bounds.foundPodDepth + 1)}1${" }".repeat(bounds.foundPodDepth + 1)}`;
    const { gaps, workloads } = read(`${header("example.com/v1", "A")}spec: ${deep}\n`);
    assert.deepEqual([gaps.map(({ code }) => code), workloads.length], [["kubernetes.bound"], 0]);
    const many = `[${Array.from({ length: bounds.foundPods + 1 }, () => `{ ${CONTAINERS} }`).join(", ")}]`;
    const over = read(`${header("example.com/v1", "A")}spec: { pods: ${many} }\n`);
    assert.deepEqual(
      [over.gaps.map(({ code }) => code), over.workloads.length],
      [["kubernetes.bound"], bounds.foundPods],
    );
  });
});

describe("what runs no pods is no workload", () => {
  const none: readonly (readonly [apiVersion: string, kind: string, body: string])[] = [
    [
      "apiextensions.k8s.io/v1",
      "CustomResourceDefinition",
      "spec: { versions: [{ schema: { openAPIV3Schema: { properties: { image: { type: string }, containers: { items: { properties: { image: {} } } } } } } }] }",
    ],
    [
      "kyverno.io/v1",
      "ClusterPolicy",
      "spec: { rules: [{ validate: { pattern: { spec: { containers: [{ image: '!*:latest', name: '*' }] } } } }] }",
    ],
    ["policies.kyverno.io/v1", "ValidatingPolicy", "spec: { podSpec: { containers: [{ image: a }] } }"],
    ["constraints.gatekeeper.sh/v1beta1", "K8sAllowedRepos", "spec: { parameters: { containers: [{ image: a }] } }"],
    ["mutations.gatekeeper.sh/v1", "Assign", "spec: { parameters: { assign: { value: { name: a, image: b } } } }"],
    ["apps/v1", "ControllerRevision", `data: { spec: { template: { spec: { ${CONTAINERS} } } } }`],
    ["metrics.k8s.io/v1beta1", "PodMetrics", "containers: [{ name: web, usage: { cpu: 1m } }]"],
    ["kustomize.config.k8s.io/v1beta1", "Kustomization", "images: [{ name: a, newName: b }]"],
    ["kind.x-k8s.io/v1alpha4", "Cluster", "nodes: [{ role: worker, image: 'kindest/node:v1.33.0' }]"],
    ["skaffold/v4beta6", "Config", "build: { artifacts: [{ image: web }] }"],
    ["image.toolkit.fluxcd.io/v1beta2", "ImageRepository", "spec: { image: ghcr.io/a/b }"],
    [
      "argoproj.io/v1alpha1",
      "Application",
      "spec: { source: { kustomize: { images: ['a=b'] }, helm: { valuesObject: { image: { repository: a } } } } }",
    ],
    [
      "autoscaling/v2",
      "HorizontalPodAutoscaler",
      "spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, metrics: [{ containerResource: { container: web } }] }",
    ],
    ["chaos-mesh.org/v1alpha1", "PodChaos", "spec: { containerNames: [a], containers: [a, b] }"],
    ["cert-manager.io/v1", "Certificate", "spec: { secretName: a, issuerRef: { kind: Issuer, name: a } }"],
    [
      "monitoring.coreos.com/v1",
      "PrometheusRule",
      "spec: { groups: [{ rules: [{ expr: 'kube_pod_container_info{image=~\".+\"}', labels: { container: web } }] }] }",
    ],
    [
      "example.com/v1",
      "Page",
      "spec: { image: 'https://example.com/logo.png', icon: { image: logo.png }, text: { image: two words } }",
    ],
    ["example.com/v1", "A", "status: { image: 'a:1', containers: [{ name: a, image: b }] }"],
    ["v1", "List", "items: []"],
  ];
  for (const [apiVersion, kind, body] of none) {
    test(`${apiVersion} ${kind}`, () => {
      const { workloads, gaps } = read(`${header(apiVersion, kind)}${body}\n`);
      assert.deepEqual([workloads.length, gaps], [0, []]);
    });
  }
});

test("a kind of the API's own groups that is written otherwise, or of another group, is told", () => {
  const told = (apiVersion: string, kind: string) => read(header(apiVersion, kind)).gaps.map(({ reason }) => reason);
  assert.deepEqual(told("v1", "namespace"), ["namespace is not a kind of the API: Namespace is"]);
  assert.deepEqual(told("v1", "ClusterRoleBinding"), [
    "ClusterRoleBinding is not a kind of the API: rbac.authorization.k8s.io/ClusterRoleBinding is",
  ]);
  assert.deepEqual(told("apps/v1", "Networkpolicy"), [
    "apps/Networkpolicy is not a kind of the API: networking.k8s.io/NetworkPolicy is",
  ]);
  for (const [apiVersion, kind] of [
    ["serving.knative.dev/v1", "Service"],
    ["example.com/v1", "secret"],
    ["policy/v1", "PodDisruptionBudget"],
    ["v1", "PersistentVolume"],
    ["apps/v1", "Other"],
  ] as const) {
    assert.deepEqual(told(apiVersion, kind), [], kind);
  }
});

test("whatever an object holds, reading ends, and each container has its place", () => {
  const key = fc.constantFrom(
    "spec",
    "template",
    "containers",
    "initContainers",
    "steps",
    "image",
    "name",
    "podTemplate",
    "container",
    "apiVersion",
    "kind",
    "metadata",
    "stepTemplate",
    "containerSet",
    "templates",
    "a",
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom<unknown>("a", "registry/a:1", "$(p)", 1, true, null, ""),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(value, (spec) => {
      const text = JSON.stringify({ apiVersion: "example.com/v1", kind: "A", metadata: { name: "x" }, spec });
      const { workloads } = read(text);
      const lineages = workloads.map(({ object }) => `${lineageOf(object, ".")}`);
      assert.equal(new Set(lineages).size, lineages.length);
      for (const { object, podPath, pod } of workloads) {
        for (const { path } of containersOf(pod)) assert.equal(locationOf(object, [...podPath, ...path]).kind, "file");
      }
    }),
    runs(300),
  );
});
