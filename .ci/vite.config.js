import { cpSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, '..');

/** The gallery's models are data, not code: they are served at ./models/ and copied as they are. */
const models = {
  name: 'models',
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      if (request.url?.startsWith('/models/')) request.url = `/www${request.url}`;
      next();
    });
  },
  writeBundle({ dir }) {
    const filter = (path) => !/\.(csv|md)$/.test(path);
    cpSync(`${root}/www/models`, `${dir}/models`, { recursive: true, filter });
  },
};

export default defineConfig({
  root,
  base: './', // the page works from any folder of any host
  publicDir: false,
  appType: 'mpa', // what does not exist is a 404, as on a static host
  plugins: [models],
  worker: { format: 'es' },
  build: { outDir: 'dist', target: 'es2022', assetsInlineLimit: 0 },
  server: { watch: { ignored: ['**/target/**'] } },
});
