import { expect, it } from 'vitest';
import { awsLogin } from '../../src/ssm/aws-login.ts';

it.each([
  ['eu-west-1', 'https://ssm.eu-west-1.amazonaws.com'],
  ['cn-north-1', 'https://ssm.cn-north-1.amazonaws.com.cn'],
  ['us-gov-west-1', 'https://ssm.us-gov-west-1.amazonaws.com'],
  ['us-isob-east-1', 'https://ssm.us-isob-east-1.sc2s.sgov.gov'],
  ['eusc-de-east-1', 'https://ssm.eusc-de-east-1.amazonaws.eu'],
])('Parameter Store of %s is at %s', async (region, address) => {
  using login = awsLogin(region);
  expect(await login.address(region)).toBe(address);
});
