/** RFC 8037 appendix A.1, A.3 and A.4: a key of Ed25519, its thumbprint, and a JWS over a text. */
export const jwk = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
};

export const thumbprint = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

export const jws = [
  'eyJhbGciOiJFZERTQSJ9',
  'RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc',
  'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
].join('.');
