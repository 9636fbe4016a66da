/** A cluster of many teams, as manifests: workloads with their Services, default-deny, explicit allows, CIDRs and tiers. */

export interface ClusterText {
  readonly path: string;
  readonly text: string;
}

export interface ClusterSize {
  readonly workloads: number;
  readonly policies: number;
}

const PER_NAMESPACE = 15;
const TIERS = 24;

/** The same for the same size. One file a namespace, and one of policies of the cluster. */
export function clusterOf({ workloads, policies }: ClusterSize): ClusterText[] {
  const namespaces = Math.ceil(workloads / PER_NAMESPACE);
  const perNamespace = Math.floor((policies - TIERS) / namespaces);
  const random = generator(workloads);
  const files = Array.from({ length: namespaces }, (_, team): ClusterText => {
    const parts = [namespaceOf(team)];
    const own = Math.min(PER_NAMESPACE, workloads - team * PER_NAMESPACE);
    for (let app = 0; app < own; app++) parts.push(deploymentOf(team, app), serviceOf(team, app));
    parts.push(ingressOf(team));
    for (let index = 0; index < perNamespace; index++) parts.push(policyOf(team, index, random, namespaces));
    return { path: `team-${team}.yaml`, text: parts.join("---\n") };
  });
  const tiers = Array.from({ length: TIERS }, (_, index) => tierOf(index));
  return [...files, { path: "cluster.yaml", text: tiers.join("---\n") }];
}

function namespaceOf(team: number): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: team-${team}
  labels: { team: t${team}, stage: ${team % 3 === 0 ? "production" : "test"}, area: a${team % 20} }
`;
}

function deploymentOf(team: number, app: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: app-${app}, namespace: team-${team} }
spec:
  selector: { matchLabels: { app: app-${app} } }
  template:
    metadata:
      labels: { app: app-${app}, part-of: system-${app % 4}, tier: ${["web", "api", "data"][app % 3]} }
    spec:
      containers:
        - name: main
          image: registry.example.com/team-${team}/app-${app}:1
          ports:
            - { name: http, containerPort: ${8000 + (app % 7)} }
            - { name: metrics, containerPort: 9090 }
`;
}

function serviceOf(team: number, app: number): string {
  return `apiVersion: v1
kind: Service
metadata: { name: app-${app}, namespace: team-${team} }
spec:
  selector: { app: app-${app} }
  ports: [{ name: http, port: 80, targetPort: http }]
`;
}

function ingressOf(team: number): string {
  return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: team-${team} }
spec:
  ingressClassName: public
  defaultBackend: { service: { name: app-0, port: { name: http } } }
`;
}

function policyOf(team: number, index: number, random: () => number, namespaces: number): string {
  const head = (selector: string, types: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: policy-${index}, namespace: team-${team} }
spec:
  podSelector: ${selector}
  policyTypes: ${types}
`;
  if (index === 0) return head("{}", "[Ingress, Egress]");
  const app = Math.floor(random() * PER_NAMESPACE);
  const peer = Math.floor(random() * PER_NAMESPACE);
  const other = Math.floor(random() * namespaces);
  switch (index % 4) {
    case 1:
      return `${head(`{ matchLabels: { app: app-${app} } }`, "[Ingress, Egress]")}  ingress:
    - from:
        - podSelector: { matchLabels: { app: app-${peer} } }
        - namespaceSelector: { matchLabels: { team: t${other} } }
          podSelector: { matchExpressions: [{ key: tier, operator: In, values: [web, api] }] }
      ports: [{ port: http }, { port: 9000, endPort: ${9001 + Math.floor(random() * 99)} }]
  egress:
    - to: [{ podSelector: { matchLabels: { app: app-${(app + 3) % PER_NAMESPACE} } } }]
      ports: [{ port: http }]
    - to:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: team-0 } }
      ports: [{ protocol: UDP, port: 53 }]
`;
    case 2:
      return `${head(`{ matchLabels: { part-of: system-${app % 4} } }`, "[Egress]")}  egress:
    - to:
        - ipBlock: { cidr: 203.${other % 256}.0.0/16, except: [203.${other % 256}.${app}.0/24] }
        - ipBlock: { cidr: 198.51.${other % 256}.${app * 8}/29 }
      ports: [{ port: 443 }]
`;
    case 3:
      return `${head("{ matchLabels: { tier: web } }", "[Ingress]")}  ingress:
    - from: [{ namespaceSelector: { matchLabels: { area: a${other % 20} } } }]
      ports: [{ port: metrics }]
    - from: [{ ipBlock: { cidr: "2001:db8:${team.toString(16)}::/48" } }]
`;
    default:
      return `${head("{ matchLabels: { tier: data } }", "[Ingress]")}  ingress:
    - from: [{ podSelector: { matchLabels: { tier: api } } }]
      ports: [{ port: 5432 }]
`;
  }
}

function tierOf(index: number): string {
  const baseline = index % 6 === 5;
  return `apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: tier-${index} }
spec:
  tier: ${baseline ? "Baseline" : "Admin"}
  priority: ${index * 10}
  subject: { namespaces: { matchLabels: { stage: ${index % 2 === 0 ? "production" : "test"} } } }
  ingress:
    - action: ${["Deny", "Accept", "Pass"][index % 3]}
      from: [{ namespaces: { matchLabels: { area: a${index} } } }]
      protocols: [{ tcp: { destinationPort: { number: ${4_000 + index} } } }, { destinationNamedPort: metrics }]
  egress:
    - action: ${["Pass", "Deny", "Accept"][index % 3]}
      to: [{ networks: [192.0.2.${index * 8}/29, "2001:db8:ffff:${index}::/64"] }]
    - action: Deny
      to: [{ pods: { namespaceSelector: { matchLabels: { stage: production } }, podSelector: { matchLabels: { tier: data } } } }]
      protocols: [{ tcp: { destinationPort: { range: { start: ${6_000 + index}, end: 6100 } } } }]
`;
}

/** Numerical Recipes' linear congruential generator: the same numbers on every machine. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
