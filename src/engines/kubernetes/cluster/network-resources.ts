/**
 * What of a cluster decides who can talk to whom, beside pods, Services, NetworkPolicies and the Ingresses and routes that
 * have lists of their own: kinds that the engine of reachability evaluates, and those that it knows to be policies or ways
 * in and calls unknown. A test holds them together. Of groups that a cluster does not have nothing is asked.
 */
import type { ClusterResource } from "./resource-model.ts";

type NetworkResource = Pick<ClusterResource, "group" | "versions" | "resource" | "kind" | "namespaced"> & {
  readonly list: "network" | "gateways";
};

/** Whichever version the server prefers: what is read of it is its name, and whom it selects. */
const ANY: readonly string[] = [];
const CORE = ["v1"];
const ISTIO = ["v1", "v1beta1", "v1alpha3"];
const GATEWAY = ["v1", "v1beta1", "v1alpha3", "v1alpha2"];
const LINKERD = ["v1beta3", "v1beta2", "v1beta1", "v1alpha1"];

/** By group, the versions, and whether its objects are in namespaces: resource → kind. */
const KINDS: readonly (readonly [
  group: string,
  versions: readonly string[],
  namespaced: boolean,
  kinds: Readonly<Record<string, string>>,
])[] = [
  ["", CORE, false, { nodes: "Node" }],
  ["discovery.k8s.io", ["v1", "v1beta1"], true, { endpointslices: "EndpointSlice" }],
  ["networking.k8s.io", ["v1", "v1beta1"], false, { ingressclasses: "IngressClass" }],
  [
    "policy.networking.k8s.io",
    ["v1alpha2", "v1alpha1"],
    false,
    {
      adminnetworkpolicies: "AdminNetworkPolicy",
      baselineadminnetworkpolicies: "BaselineAdminNetworkPolicy",
      clusternetworkpolicies: "ClusterNetworkPolicy",
    },
  ],
  [
    "gateway.networking.k8s.io",
    GATEWAY,
    true,
    { referencegrants: "ReferenceGrant", tcproutes: "TCPRoute", tlsroutes: "TLSRoute", udproutes: "UDPRoute" },
  ],
  ["gateway.networking.k8s.io", GATEWAY, false, { gatewayclasses: "GatewayClass" }],
  [
    "cilium.io",
    ["v2", "v2alpha1"],
    true,
    {
      ciliumlocalredirectpolicies: "CiliumLocalRedirectPolicy",
      ciliumnetworkpolicies: "CiliumNetworkPolicy",
      ciliumnodeconfigs: "CiliumNodeConfig",
    },
  ],
  [
    "cilium.io",
    ["v2", "v2alpha1"],
    false,
    { ciliumcidrgroups: "CiliumCIDRGroup", ciliumclusterwidenetworkpolicies: "CiliumClusterwideNetworkPolicy" },
  ],
  [
    "security.istio.io",
    ISTIO,
    true,
    {
      authorizationpolicies: "AuthorizationPolicy",
      peerauthentications: "PeerAuthentication",
      requestauthentications: "RequestAuthentication",
    },
  ],
  [
    "networking.istio.io",
    ISTIO,
    true,
    {
      destinationrules: "DestinationRule",
      envoyfilters: "EnvoyFilter",
      gateways: "Gateway",
      serviceentries: "ServiceEntry",
      sidecars: "Sidecar",
      virtualservices: "VirtualService",
      workloadentries: "WorkloadEntry",
      workloadgroups: "WorkloadGroup",
    },
  ],
  [
    "policy.linkerd.io",
    LINKERD,
    true,
    {
      authorizationpolicies: "AuthorizationPolicy",
      egressnetworks: "EgressNetwork",
      httproutes: "HTTPRoute",
      meshtlsauthentications: "MeshTLSAuthentication",
      networkauthentications: "NetworkAuthentication",
      serverauthorizations: "ServerAuthorization",
      servers: "Server",
    },
  ],
  // Of Calico, as it stores them; and of its newer versions, which serve projectcalico.org themselves.
  ...["crd.projectcalico.org", "projectcalico.org"].flatMap(
    (group) =>
      [
        [group, ANY, true, { networkpolicies: "NetworkPolicy" }],
        [
          group,
          ANY,
          false,
          {
            felixconfigurations: "FelixConfiguration",
            globalnetworkpolicies: "GlobalNetworkPolicy",
            hostendpoints: "HostEndpoint",
          },
        ],
      ] as const,
  ),
  ["crd.antrea.io", ANY, true, { networkpolicies: "NetworkPolicy" }],
  ["crd.antrea.io", ANY, false, { clusternetworkpolicies: "ClusterNetworkPolicy" }],
  ["k8s.ovn.org", ANY, true, { egressfirewalls: "EgressFirewall", userdefinednetworks: "UserDefinedNetwork" }],
  ["k8s.ovn.org", ANY, false, { clusteruserdefinednetworks: "ClusterUserDefinedNetwork" }],
  ["network.openshift.io", ANY, true, { egressnetworkpolicies: "EgressNetworkPolicy" }],
  ["network.openshift.io", ANY, false, { netnamespaces: "NetNamespace" }],
  ["kubeovn.io", ANY, false, { "security-groups": "SecurityGroup", subnets: "Subnet" }],
  ["vpcresources.k8s.aws", ANY, true, { securitygrouppolicies: "SecurityGroupPolicy" }],
  ["networking.k8s.aws", ANY, true, { applicationnetworkpolicies: "ApplicationNetworkPolicy" }],
  ["networking.k8s.aws", ANY, false, { clusternetworkpolicies: "ClusterNetworkPolicy" }],
  ["networking.gke.io", ANY, true, { fqdnnetworkpolicies: "FQDNNetworkPolicy" }],
  ["crd.nsx.vmware.com", ANY, true, { securitypolicies: "SecurityPolicy" }],
  ["nsx.vmware.com", ANY, true, { securitypolicies: "SecurityPolicy" }],
  ["neuvector.com", ANY, true, { nvsecurityrules: "NvSecurityRule" }],
  ["neuvector.com", ANY, false, { nvclustersecurityrules: "NvClusterSecurityRule" }],
  ["k8s.cni.cncf.io", ANY, true, { "multi-networkpolicies": "MultiNetworkPolicy" }],
  ["consul.hashicorp.com", ANY, true, { serviceintentions: "ServiceIntentions" }],
  ["kuma.io", ANY, true, { meshtrafficpermissions: "MeshTrafficPermission" }],
  ["kuma.io", ANY, false, { trafficpermissions: "TrafficPermission" }],
  ["access.smi-spec.io", ANY, true, { traffictargets: "TrafficTarget" }],
  ["policy.openservicemesh.io", ANY, true, { egresses: "Egress", ingressbackends: "IngressBackend" }],
  ["route.openshift.io", ANY, true, { routes: "Route" }],
  ["serving.knative.dev", ANY, true, { services: "Service" }],
  ...["traefik.containo.us", "traefik.io"].map(
    (group) =>
      [
        group,
        ANY,
        true,
        { ingressroutes: "IngressRoute", ingressroutetcps: "IngressRouteTCP", ingressrouteudps: "IngressRouteUDP" },
      ] as const,
  ),
  ["projectcontour.io", ANY, true, { httpproxies: "HTTPProxy" }],
  ["k8s.nginx.org", ANY, true, { transportservers: "TransportServer", virtualservers: "VirtualServer" }],
  ["getambassador.io", ANY, true, { mappings: "Mapping", tcpmappings: "TCPMapping" }],
  ["configuration.konghq.com", ANY, true, { tcpingresses: "TCPIngress", udpingresses: "UDPIngress" }],
  ["gateway.solo.io", ANY, true, { virtualservices: "VirtualService" }],
  ["apisix.apache.org", ANY, true, { apisixroutes: "ApisixRoute" }],
  ["ingress.v3.haproxy.org", ANY, true, { tcps: "TCP" }],
  ["elbv2.k8s.aws", ANY, true, { targetgroupbindings: "TargetGroupBinding" }],
  ["eks.services.k8s.aws", ANY, true, { podidentityassociations: "PodIdentityAssociation" }],
];

/** Kinds of the Gateway API are among the `gateways`. */
export const networkResources: readonly NetworkResource[] = KINDS.flatMap(([group, versions, namespaced, kinds]) =>
  Object.entries(kinds).map(([resource, kind]) => {
    const list = group === "gateway.networking.k8s.io" ? "gateways" : "network";
    return { group, versions, resource, kind, namespaced, list };
  }),
);
