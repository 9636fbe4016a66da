/** Bounds of the network's reader and engine. What is over one is *unknown*, with its place. */
export const bounds = {
  /** Workloads, nodes and atoms of addresses together; a large cluster has some 15,000 workloads. */
  endpoints: 60_000,
  /** Rules of all policies together, each direction of each policy counted. */
  rules: 200_000,
  /** Peers of one rule that are read; the API server takes objects of 1.5 MiB, which hold some 20,000. */
  rulePeers: 20_000,
  /** Requirements of one selector, and values of one requirement. */
  selectorRequirements: 200,
  selectorValues: 5_000,
  /** Distinct selectors times the pods that they are held against. */
  selectorSteps: 400_000_000,
  /** Different CIDRs of all rules together, and atoms that their boundaries cut addresses into. */
  addressBoundaries: 50_000,
  /** Places that one class of pods was given by rules, all classes together: more and its row is unknown. */
  rowSteps: 400_000_000,
  /** Ports of pods behind all Services together; and workloads behind all ways into the cluster together. */
  serviceTargets: 1_000_000,
  exposureTargets: 1_000_000,
  /** Addresses that Endpoints and EndpointSlices name of one Service; a slice has at most 1,000. */
  endpointAddresses: 20_000,
  /** Gateways that one route attaches to (the API takes 32), and Services that one aliases, one behind the other. */
  routeParents: 32,
  serviceAliases: 8,
  /** Gaps that are named; the rest is counted. */
  gaps: 1_000,
  /** Connections that workloads need, each from one end to another on one port; and places that are named for one. */
  needs: 200_000,
  needReasons: 20,
  /** Characters of environments, command lines and mounted files that are searched for hosts. */
  needTextLength: 256 * 1024 * 1024,
  /** Characters of one line of observed connections, of one text in it, and items of one list; a flow has some 3,000. */
  observedLineLength: 256 * 1024,
  observedTextLength: 512,
  observedListItems: 200,
  /** Different connections of all files together, and addresses of which DNS answers gave the name. */
  observedConnections: 200_000,
  observedNames: 100_000,
  /** Intervals of one set of ports; real rules have some ten. */
  portIntervals: 4_096,
  /** Calico's own resource definitions take 1,024 characters; before they did, there was no limit. */
  calicoSelectorLength: 65_536,
  /** Parentheses within parentheses in one. */
  calicoSelectorDepth: 100,
} as const;
