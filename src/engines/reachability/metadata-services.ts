/** Addresses at which clouds hand credentials to whoever asks from within a machine. */

export interface MetadataService {
  /** `AWS instance metadata`. */
  readonly name: string;
  readonly address: string;
  readonly provider: string;
  /** The provider's own documentation. */
  readonly source: string;
  /** Pods that use it as intended need it: EKS Pod Identity. */
  readonly neededBy?: string;
}

export const metadataServices: readonly MetadataService[] = [
  {
    name: "instance metadata of AWS, Azure, GCP, OpenStack and Oracle",
    address: "169.254.169.254",
    provider: "AWS, Azure, Google Cloud, OpenStack, Oracle Cloud and others",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html",
  },
];
