# apn-emu for CI jobs: no privileges, no kernel modules, no devices.
#   docker build -t apn-emu . && docker run --rm apn-emu
FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends user-mode-linux openvswitch-switch mininet iperf3 iproute2 iputils-ping gcc libc6-dev python3-venv && rm -rf /var/lib/apt/lists/*
COPY . /usr/src/apn-emu
RUN python3 -m venv /opt/apn-emu && /opt/apn-emu/bin/pip install --no-cache-dir /usr/src/apn-emu
RUN useradd --create-home emulator
ENV PATH=/opt/apn-emu/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER emulator
WORKDIR /home/emulator
CMD ["apn-emu", "smoke"]
