import { expect, test } from "vitest";
import { explainRefusal } from "../../deploy/refusal";

test("says which module an image lacks, and what to do", () => {
  const said =
    'nginx: [emerg] dlopen() "/usr/share/nginx/modules/ngx_http_brotli_filter_module.so" failed (no file)';
  expect(explainRefusal(said)).toBe(
    "The balancer's image has no module ngx_http_brotli_filter_module; nothing was changed. Set balancer.image to one that has it, or remove balancer.compression.brotli.",
  );
});

test("passes on what Nginx says about everything else", () => {
  const said = 'nginx: [emerg] unknown directive "x" in nginx.conf:3\n';
  expect(explainRefusal(said)).toBe(
    'Nginx refuses the settings; nothing was changed.\nnginx: [emerg] unknown directive "x" in nginx.conf:3',
  );
});
