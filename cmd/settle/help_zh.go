package main

var chineseHelp = map[string]string{}
