# syntax=docker/dockerfile:1
# goreleaser builds it (dockers_v2): the context has a binary for each platform, in linux/amd64/ and linux/arm64/.
FROM --platform=$BUILDPLATFORM alpine:3.22 AS base
RUN mkdir /homes && mkdir -m 0700 /homes/settle && touch -d @0 /homes/settle /homes

FROM scratch
ARG TARGETPLATFORM
COPY --from=base /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
# What is waited for is kept there, and targets: mount a volume to keep them.
COPY --from=base --chown=65532:65532 /homes /home
COPY LICENSE /LICENSE
COPY $TARGETPLATFORM/settle /settle
ENV HOME=/home/settle
WORKDIR /home/settle
USER 65532:65532
ENTRYPOINT ["/settle"]
