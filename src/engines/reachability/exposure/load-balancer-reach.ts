/** Whether the load balancer of a Service has a public address. */
import type { Service } from "../../kubernetes/model.ts";
import { type AddressRange, parseCidr } from "../addresses.ts";
import type { Reach } from "./exposure-model.ts";

/**
 * Annotation → whether its value makes the load balancer internal. Those of the Kubernetes documentation ("Internal load
 * balancer", https://kubernetes.io/docs/concepts/services-networking/service/), and of the other clouds' own.
 */
const INTERNAL: Readonly<Record<string, (value: string) => boolean>> = {
  "networking.gke.io/load-balancer-type": is("internal"),
  "cloud.google.com/load-balancer-type": is("internal"),
  "service.beta.kubernetes.io/aws-load-balancer-scheme": is("internal"),
  "service.beta.kubernetes.io/aws-load-balancer-internal": (value) => value !== "" && value !== "false",
  "service.beta.kubernetes.io/azure-load-balancer-internal": is("true"),
  "service.beta.kubernetes.io/openstack-internal-load-balancer": is("true"),
  "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": is("intranet"),
  "service.beta.kubernetes.io/cce-load-balancer-internal-vpc": is("true"),
  "service.kubernetes.io/qcloud-loadbalancer-internal-subnetid": (value) => value !== "",
  "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": is("private"),
  "service.beta.kubernetes.io/oci-load-balancer-internal": is("true"),
  "oci-network-load-balancer.oraclecloud.com/internal": is("true"),
  "service.beta.kubernetes.io/do-loadbalancer-network": is("internal"),
  "load-balancer.hetzner.cloud/disable-public-network": is("true"),
  "service.beta.kubernetes.io/scw-loadbalancer-private": is("true"),
};

function is(wanted: string): (value: string) => boolean {
  return (value) => value.toLowerCase() === wanted;
}

const AWS_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme";
const AWS_TYPE = "service.beta.kubernetes.io/aws-load-balancer-type";
const SOURCE_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges";

/** Public, where nothing says otherwise: that is the default of most clouds. */
export function loadBalancerReach(service: Service): Reach {
  const { annotations } = service.object;
  const ranges = sourceRanges(service);
  const narrowed = ranges === undefined ? {} : { ranges };
  for (const [name, isInternal] of Object.entries(INTERNAL)) {
    const value = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
    if (value !== undefined && isInternal(value)) {
      return { kind: "private", reason: `annotation ${name}: ${value}`, ...narrowed };
    }
  }
  const { loadBalancerClass } = service;
  if (loadBalancerClass === "tailscale") {
    return { kind: "private", reason: "loadBalancerClass: tailscale", ...narrowed };
  }
  if (isOfAwsController(service) && !Object.hasOwn(annotations, AWS_SCHEME)) {
    const reason = `the AWS Load Balancer Controller makes internal ones without ${AWS_SCHEME}: internet-facing`;
    return { kind: "private", reason, ...narrowed };
  }
  return { kind: "internet", ...narrowed };
}

/** https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/ ("Secure by default"). */
function isOfAwsController({ loadBalancerClass, object }: Service): boolean {
  const type = Object.hasOwn(object.annotations, AWS_TYPE) ? object.annotations[AWS_TYPE] : undefined;
  return loadBalancerClass === "service.k8s.aws/nlb" || type === "external" || type === "nlb-ip";
}

/** The field, else the annotation before it. None where one of them is no range: whoever makes it then narrows nothing. */
function sourceRanges({ loadBalancerSourceRanges, object }: Service): readonly AddressRange[] | undefined {
  const annotation = Object.hasOwn(object.annotations, SOURCE_RANGES) ? (object.annotations[SOURCE_RANGES] ?? "") : "";
  const texts =
    loadBalancerSourceRanges.length > 0
      ? loadBalancerSourceRanges
      : annotation.split(",").filter((text) => text !== "");
  const ranges = texts.map((text) => parseCidr(text.trim()));
  if (ranges.length === 0) return undefined;
  const read = ranges.filter((range) => range !== undefined);
  return read.length === ranges.length ? read : undefined;
}
