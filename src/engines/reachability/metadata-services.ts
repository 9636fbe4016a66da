/**
 * Addresses at which clouds hand credentials, or configuration that holds them, to whoever asks from within a machine. One
 * entry an address. Node-local DNS (169.254.20.10) and the clouds' time and name servers are none. Providers whose service
 * has a name and no documented address (Equinix Metal: metadata.platformequinix.com) are missing here.
 */

export interface MetadataService {
  /** `AWS instance metadata`. */
  readonly name: string;
  /** As {@link formatAddress} writes it. */
  readonly address: string;
  readonly provider: string;
  /** The provider's own documentation; of an address of several providers, the first one's. */
  readonly source: string;
  /** Pods that use it as intended need it: EKS Pod Identity. */
  readonly neededBy?: string;
}

export const metadataServices: readonly MetadataService[] = [
  {
    name: "instance metadata of AWS, Azure, Google Cloud, OpenStack, Oracle Cloud and others",
    address: "169.254.169.254",
    provider:
      "AWS, Azure, Google Cloud, OpenStack, Oracle Cloud, DigitalOcean, Hetzner, IBM Cloud, Akamai, Exoscale, Huawei Cloud, OVHcloud, UpCloud, Vultr, Yandex Cloud",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
  },
  {
    name: "AWS instance metadata (IPv6)",
    address: "fd00:ec2::254",
    provider: "AWS",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html",
  },
  {
    name: "AWS ECS task credentials",
    address: "169.254.170.2",
    provider: "AWS",
    source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    neededBy: "tasks with a task role",
  },
  {
    name: "AWS EKS Pod Identity",
    address: "169.254.170.23",
    provider: "AWS",
    source: "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html",
    neededBy: "pods whose service account has a Pod Identity association",
  },
  {
    name: "AWS EKS Pod Identity (IPv6)",
    address: "fd00:ec2::23",
    provider: "AWS",
    source: "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html",
    neededBy: "pods whose service account has a Pod Identity association",
  },
  {
    // Without Dataplane V2 the node translates 169.254.169.254 to it before policies are looked at.
    name: "GKE metadata server",
    address: "169.254.169.252",
    provider: "Google Cloud",
    source: "https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity",
    neededBy: "pods that use Workload Identity Federation for GKE",
  },
  {
    name: "Google Cloud instance metadata (IPv6)",
    address: "fd20:ce::254",
    provider: "Google Cloud",
    source: "https://cloud.google.com/compute/docs/metadata/querying-metadata",
  },
  {
    // Certificates and settings of extensions, and secrets among them, are fetched from it by the guest agent.
    name: "Azure WireServer",
    address: "168.63.129.16",
    provider: "Azure",
    source: "https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16",
  },
  {
    name: "Alibaba Cloud instance metadata",
    address: "100.100.100.200",
    provider: "Alibaba Cloud",
    source: "https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata",
  },
  {
    name: "Oracle Cloud instance metadata (IPv6)",
    address: "fd00:c1::a9fe:a9fe",
    provider: "Oracle Cloud",
    source: "https://docs.oracle.com/en-us/iaas/Content/Compute/Tasks/gettingmetadata.htm",
  },
  {
    name: "instance metadata of OpenStack and Akamai (IPv6)",
    address: "fe80::a9fe:a9fe",
    provider: "OpenStack, Akamai",
    source: "https://docs.openstack.org/nova/latest/admin/metadata-service.html",
  },
  {
    name: "Akamai instance metadata (IPv6)",
    address: "fd00:a9fe:a9fe::1",
    provider: "Akamai",
    source: "https://techdocs.akamai.com/cloud-computing/docs/metadata-service-api",
  },
  {
    name: "Tencent Cloud instance metadata",
    address: "169.254.0.23",
    provider: "Tencent Cloud",
    source: "https://www.tencentcloud.com/document/product/213/4934",
  },
  {
    name: "Scaleway instance metadata",
    address: "169.254.42.42",
    provider: "Scaleway",
    source: "https://www.scaleway.com/en/developers/api/instance/user-data",
  },
  {
    name: "Scaleway instance metadata (IPv6)",
    address: "fd00:42::42",
    provider: "Scaleway",
    source: "https://www.scaleway.com/en/developers/api/instance/user-data",
  },
  {
    name: "Volcano Engine instance metadata",
    address: "100.96.0.96",
    provider: "Volcano Engine",
    source: "https://www.volcengine.com/docs/6396/66827",
  },
];
