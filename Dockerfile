# The bundled gateway (docs/adr/0003-bundled-gateway.md). Needs no registry and no network, but two directories
# that this checkout makes first:
#   npm run gateway:rootfs    collects gateway/rootfs/tree (a missing tree fails at the first COPY)
#   npm run build:gateway     bundles dist/gateway/index.js
FROM scratch

COPY gateway/rootfs/tree/ /
COPY --chown=1000:1000 gateway/rootfs/tree/home/ /home/
COPY dist/gateway/ /app/dist/

ENV NODE_ENV=production \
    HOME=/home/node \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

LABEL org.opencontainers.image.title="Razroom bundled gateway" \
      org.opencontainers.image.description="Keeps Razroom's operational contract for a first try of razroom-panel; not Razroom itself"

WORKDIR /app
USER node
EXPOSE 18789 18790

# As in the real image: loopback inside the container, which a published port does not reach. Whoever runs it gives
# `node dist/index.js gateway --bind lan --port 18789`.
CMD ["node", "dist/index.js", "gateway", "--allow-unconfigured"]
