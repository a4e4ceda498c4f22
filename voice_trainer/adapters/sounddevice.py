"""Sound in and out through PortAudio. Importing this loads neither PortAudio nor sounddevice."""

from voice_trainer.adapters.player import SoundDevicePlayer
from voice_trainer.adapters.portaudio import AudioDevice, list_devices
from voice_trainer.adapters.recorder import OpenMicrophone, SoundDeviceRecorder

__all__ = ["AudioDevice", "OpenMicrophone", "SoundDevicePlayer", "SoundDeviceRecorder", "list_devices"]
