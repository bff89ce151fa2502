# One definition for the eight processes; PROJECT picks the one that an image runs:
#   docker build --build-arg PROJECT=silos/Airliner.Users.Silo -t airliner/usermanagement-silo .
# No stage before the last knows PROJECT, so eight images cost one build. The versions of .NET are exact, so that the same
# sources make the same images; newer ones are a change like any other.

# The files that decide what is restored. The next stage copies them from here and BuildKit compares them by content: a change
# of code keeps the restored packages, and a project that is added needs no line here.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401 AS projects
WORKDIR /source
COPY . .
RUN find . -type f ! -name '*.*proj' ! -name '*.props' ! -name '*.targets' ! -name global.json -delete

FROM mcr.microsoft.com/dotnet/sdk:10.0.401 AS build
WORKDIR /source
COPY --from=projects /source .
# For this machine's runtime identifier alone: native libraries for all the others would be most of an image's size.
RUN arch=$(uname -m | sed -e s/x86_64/x64/ -e s/aarch64/arm64/) && printf 'linux-%s' "$arch" >/runtime-identifier && \
    dotnet msbuild docker/services.proj -t:Restore -p:RuntimeIdentifier="$(cat /runtime-identifier)" -p:PublishReadyToRun=true -v:minimal
COPY . .
# Compiled ahead of time, which takes most of the build: a process that compiles itself while it starts is slow just when it is waited for,
# and so are those beside it. Style and analyzers are checked where the tests run; here they would only take time.
RUN dotnet msbuild docker/services.proj -t:Publish -p:Configuration=Release -p:RuntimeIdentifier="$(cat /runtime-identifier)" \
      -p:SelfContained=false -p:PublishReadyToRun=true -p:RunAnalyzers=false \
      -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false -m -v:minimal
# An exec-form entry point expands no variable, so every process is also known by the same name.
RUN for project in silos/*.Silo gateways/*.Gateway; do \
      name=${project##*/} && mkdir -p "/publish/${project%/*}" && \
      mv artifacts/publish/"$name"/release* "/publish/$project" && ln -s "$name" "/publish/$project/service" || exit; \
    done && \
    # The same files make the same layer, whenever they were built.
    find /publish -exec touch --no-dereference --date=@0 {} +

FROM mcr.microsoft.com/dotnet/aspnet:10.0.12 AS final
# A named volume takes the owner of the folder that it is first mounted over: without this one it would be root's.
RUN install -d -m 0750 -o "$APP_UID" -g "$APP_UID" /var/lib/airliner/files
COPY --chmod=755 docker/ready /usr/local/bin/ready
# The base image's port would contradict the endpoints that each process opens by its own configuration.
ENV ASPNETCORE_HTTP_PORTS=
# What runs often is compiled once more, better, when the process has met nothing new for three seconds (bb8, in hexadecimal milliseconds) in place of a
# tenth of one: what is compiled ahead is good enough to start with, and starting takes four tenths less.
ENV DOTNET_TC_CallCountingDelayMs=bb8
WORKDIR /app
ARG PROJECT
COPY --from=build /publish/${PROJECT:?required} .
USER $APP_UID
# SIGTERM reaches the process itself, which then leaves the cluster before it ends.
ENTRYPOINT ["/app/service"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Airliner Administration: ${PROJECT}" \
      org.opencontainers.image.description="Users, tokens, tasks and notifications on Microsoft Orleans" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
