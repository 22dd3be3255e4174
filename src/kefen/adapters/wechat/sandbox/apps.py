from django.apps import AppConfig


class WeChatSandboxConfig(AppConfig):
    name = "kefen.adapters.wechat.sandbox"
    label = "sandbox_wechat"
