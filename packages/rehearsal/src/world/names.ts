/** The rehearsed service, in GitHub's and Kubernetes' words. */
export const REPOSITORY = 'acme/checkout-service';
export const SERVICE_NAME = 'checkout-service';
export const ENVIRONMENTS = ['staging', 'production'] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];
