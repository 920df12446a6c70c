{
    "patcher": {
        "fileversion": 1,
        "appversion": {
            "major": 8,
            "minor": 1,
            "revision": 0,
            "architecture": "x64",
            "modernui": 1
        },
        "classnamespace": "box",
        "rect": [ 60.0, 80.0, 1740.0, 1040.0 ],
        "openrect": [ 0.0, 0.0, 0.0, 169.0 ],
        "bglocked": 0,
        "openinpresentation": 1,
        "default_fontsize": 10.0,
        "default_fontface": 0,
        "default_fontname": "Ableton Sans Medium",
        "gridonopen": 1,
        "gridsize": [ 8.0, 8.0 ],
        "devicewidth": 652.0,
        "description": "Continues the selected clip: melody and accompaniment from the MAC-Net bridge on this machine",
        "digest": "Continue a clip",
        "tags": "MIDI, clip, continuation",
        "minimum_live_version": "11.0",
        "minimum_max_version": "8",
        "boxes": [
            {
                "box": {
                    "id": "obj-note-midi",
                    "maxclass": "comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 40.0, 20.0, 220.0, 20.0 ],
                    "text": "MIDI passes through untouched"
                }
            },
            {
                "box": {
                    "id": "obj-midiin",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "int" ],
                    "patching_rect": [ 300.0, 20.0, 54.0, 22.0 ],
                    "text": "midiin"
                }
            },
            {
                "box": {
                    "id": "obj-midiout",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 380.0, 20.0, 61.0, 22.0 ],
                    "text": "midiout"
                }
            },
            {
                "box": {
                    "id": "obj-note-controls",
                    "maxclass": "comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 40.0, 56.0, 700.0, 20.0 ],
                    "text": "What a user touches; every control sends SELECTOR VALUE into the script. Names, ranges and info texts: face.json"
                }
            },
            {
                "box": {
                    "activebgcolor": [ 1.0, 0.678431, 0.337255, 1.0 ],
                    "activetextcolor": [ 0.0, 0.0, 0.0, 1.0 ],
                    "annotation": "Continues the clip in the detail view (else the highlighted slot): its selected notes if there are any, else its loop. The clip itself is not changed.",
                    "annotation_name": "Continue",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 13.0,
                    "id": "obj-continue",
                    "maxclass": "live.text",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 40.0, 100.0, 92.0, 40.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 8.0, 8.0, 92.0, 40.0 ],
                    "saved_attribute_attributes": {
                        "activebgcolor": {
                            "expression": "themecolor.live_control_selection"
                        },
                        "activebgoncolor": {
                            "expression": "themecolor.live_control_text_bg"
                        },
                        "activetextcolor": {
                            "expression": "themecolor.live_control_fg_on"
                        },
                        "activetextoncolor": {
                            "expression": "themecolor.live_control_fg"
                        },
                        "valueof": {
                            "parameter_annotation_name": "Continue",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Continues the clip in the detail view (else the highlighted slot): its selected notes if there are any, else its loop. The clip itself is not changed.",
                            "parameter_invisible": 2,
                            "parameter_longname": "Continue",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Continue",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Continue",
                    "texton": "Continue",
                    "varname": "continue"
                }
            },
            {
                "box": {
                    "id": "obj-to-continue",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 40.0, 160.0, 68.0, 22.0 ],
                    "text": "continue"
                }
            },
            {
                "box": {
                    "annotation": "Writes the other voice for the clip: an accompaniment to a melody, a melody to an accompaniment.",
                    "annotation_name": "Accompany",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-accompany",
                    "maxclass": "live.text",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 190.0, 100.0, 92.0, 22.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 8.0, 53.0, 92.0, 22.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Accompany",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Writes the other voice for the clip: an accompaniment to a melody, a melody to an accompaniment.",
                            "parameter_invisible": 2,
                            "parameter_longname": "Accompany",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Accomp",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Accompany",
                    "texton": "Accompany",
                    "varname": "accompany"
                }
            },
            {
                "box": {
                    "id": "obj-to-accompany",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 190.0, 160.0, 75.0, 22.0 ],
                    "text": "accompany"
                }
            },
            {
                "box": {
                    "annotation": "Rewrites the clip's own bars, as new clips. The clip itself is not changed.",
                    "annotation_name": "Vary",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-vary",
                    "maxclass": "live.text",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 340.0, 100.0, 92.0, 22.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 8.0, 80.0, 92.0, 22.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Vary",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Rewrites the clip's own bars, as new clips. The clip itself is not changed.",
                            "parameter_invisible": 2,
                            "parameter_longname": "Vary",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Vary",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Vary",
                    "texton": "Vary",
                    "varname": "vary"
                }
            },
            {
                "box": {
                    "id": "obj-to-vary",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 340.0, 160.0, 40.0, 22.0 ],
                    "text": "vary"
                }
            },
            {
                "box": {
                    "annotation": "Asks the last question again: more variations, beside those that are there.",
                    "annotation_name": "Another",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-another",
                    "maxclass": "live.text",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 490.0, 100.0, 92.0, 22.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 8.0, 107.0, 92.0, 22.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Another",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Asks the last question again: more variations, beside those that are there.",
                            "parameter_invisible": 2,
                            "parameter_longname": "Another",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Another",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Another",
                    "texton": "Another",
                    "varname": "another"
                }
            },
            {
                "box": {
                    "id": "obj-to-another",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 490.0, 160.0, 61.0, 22.0 ],
                    "text": "another"
                }
            },
            {
                "box": {
                    "active": 0,
                    "annotation": "Stops what is being composed. Nothing is written.",
                    "annotation_name": "Cancel",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-cancel",
                    "maxclass": "live.text",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 640.0, 100.0, 72.0, 18.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 564.0, 88.0, 72.0, 18.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Cancel",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Stops what is being composed. Nothing is written.",
                            "parameter_invisible": 2,
                            "parameter_longname": "Cancel",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Cancel",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Cancel",
                    "texton": "Cancel",
                    "varname": "cancel"
                }
            },
            {
                "box": {
                    "id": "obj-to-cancel",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 640.0, 160.0, 54.0, 22.0 ],
                    "text": "cancel"
                }
            },
            {
                "box": {
                    "annotation": "How many answers to one question, 1 to 8.",
                    "annotation_name": "Variations",
                    "fontsize": 10.0,
                    "id": "obj-variations",
                    "maxclass": "live.numbox",
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 790.0, 100.0, 54.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 112.0, 21.0, 54.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Variations",
                            "parameter_info": "How many answers to one question, 1 to 8.",
                            "parameter_initial": [ 4 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 0,
                            "parameter_longname": "Variations",
                            "parameter_mmax": 8,
                            "parameter_mmin": 1,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Variations",
                            "parameter_type": 1,
                            "parameter_unitstyle": 0
                        }
                    },
                    "varname": "variations"
                }
            },
            {
                "box": {
                    "fontsize": 10.0,
                    "id": "obj-label-variations",
                    "maxclass": "live.comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 790.0, 80.0, 60.0, 14.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 112.0, 6.0, 60.0, 14.0 ],
                    "text": "Variations",
                    "textjustification": 0
                }
            },
            {
                "box": {
                    "id": "obj-to-variations",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 790.0, 160.0, 138.0, 22.0 ],
                    "text": "prepend variations"
                }
            },
            {
                "box": {
                    "annotation": "How many bars Continue adds, in the clip's own meter. Accompany and Vary are as long as the clip.",
                    "annotation_name": "Length in Bars",
                    "fontsize": 10.0,
                    "id": "obj-bars",
                    "maxclass": "live.numbox",
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 940.0, 100.0, 42.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 174.0, 21.0, 42.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Length in Bars",
                            "parameter_info": "How many bars Continue adds, in the clip's own meter. Accompany and Vary are as long as the clip.",
                            "parameter_initial": [ 4 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 0,
                            "parameter_longname": "Length in Bars",
                            "parameter_mmax": 32,
                            "parameter_mmin": 1,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Bars",
                            "parameter_type": 1,
                            "parameter_unitstyle": 0
                        }
                    },
                    "varname": "bars"
                }
            },
            {
                "box": {
                    "fontsize": 10.0,
                    "id": "obj-label-bars",
                    "maxclass": "live.comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 940.0, 80.0, 44.0, 14.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 174.0, 6.0, 44.0, 14.0 ],
                    "text": "Bars",
                    "textjustification": 0
                }
            },
            {
                "box": {
                    "id": "obj-to-bars",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 940.0, 160.0, 96.0, 22.0 ],
                    "text": "prepend bars"
                }
            },
            {
                "box": {
                    "annotation": "0 always takes what is likeliest, 1 is as the model was trained, 2 is adventurous.",
                    "annotation_name": "Temperature",
                    "fontsize": 10.0,
                    "id": "obj-temperature",
                    "maxclass": "live.dial",
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 1090.0, 100.0, 56.0, 50.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 112.0, 44.0, 56.0, 50.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Temperature",
                            "parameter_info": "0 always takes what is likeliest, 1 is as the model was trained, 2 is adventurous.",
                            "parameter_initial": [ 1.0 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 0,
                            "parameter_longname": "Temperature",
                            "parameter_mmax": 2.0,
                            "parameter_mmin": 0.0,
                            "parameter_modmode": 3,
                            "parameter_shortname": "Temp",
                            "parameter_type": 0,
                            "parameter_unitstyle": 1
                        }
                    },
                    "varname": "temperature"
                }
            },
            {
                "box": {
                    "id": "obj-to-temperature",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1090.0, 160.0, 145.0, 22.0 ],
                    "text": "prepend temperature"
                }
            },
            {
                "box": {
                    "annotation": "How much of the clip comes back: 0 invents, 1 stays close.",
                    "annotation_name": "Similarity",
                    "fontsize": 10.0,
                    "id": "obj-similarity",
                    "maxclass": "live.dial",
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 1240.0, 100.0, 56.0, 50.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 178.0, 44.0, 56.0, 50.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Similarity",
                            "parameter_info": "How much of the clip comes back: 0 invents, 1 stays close.",
                            "parameter_initial": [ 0.5 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 0,
                            "parameter_longname": "Similarity",
                            "parameter_mmax": 1.0,
                            "parameter_mmin": 0.0,
                            "parameter_modmode": 3,
                            "parameter_shortname": "Similar",
                            "parameter_type": 0,
                            "parameter_unitstyle": 1
                        }
                    },
                    "varname": "similarity"
                }
            },
            {
                "box": {
                    "id": "obj-to-similarity",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1240.0, 160.0, 138.0, 22.0 ],
                    "text": "prepend similarity"
                }
            },
            {
                "box": {
                    "annotation": "0 is straight, 1 takes over the clip's own velocities and timing.",
                    "annotation_name": "Feel",
                    "fontsize": 10.0,
                    "id": "obj-feel",
                    "maxclass": "live.dial",
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 1390.0, 100.0, 56.0, 50.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 244.0, 44.0, 56.0, 50.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Feel",
                            "parameter_info": "0 is straight, 1 takes over the clip's own velocities and timing.",
                            "parameter_initial": [ 1.0 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 0,
                            "parameter_longname": "Feel",
                            "parameter_mmax": 1.0,
                            "parameter_mmin": 0.0,
                            "parameter_modmode": 3,
                            "parameter_shortname": "Feel",
                            "parameter_type": 0,
                            "parameter_unitstyle": 1
                        }
                    },
                    "varname": "feel"
                }
            },
            {
                "box": {
                    "id": "obj-to-feel",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1390.0, 160.0, 96.0, 22.0 ],
                    "text": "prepend feel"
                }
            },
            {
                "box": {
                    "annotation": "Auto finds the clip's key. Set's scale follows the scale of the set. Off leaves every note free.",
                    "annotation_name": "Key",
                    "fontsize": 10.0,
                    "id": "obj-key",
                    "maxclass": "live.menu",
                    "numinlets": 1,
                    "numoutlets": 3,
                    "outlettype": [ "", "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 1540.0, 100.0, 76.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 224.0, 21.0, 76.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Key",
                            "parameter_enum": [ "Auto", "Set's scale", "Off" ],
                            "parameter_info": "Auto finds the clip's key. Set's scale follows the scale of the set. Off leaves every note free.",
                            "parameter_initial": [ 0 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 0,
                            "parameter_longname": "Key",
                            "parameter_mmax": 2,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Key",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "varname": "key"
                }
            },
            {
                "box": {
                    "fontsize": 10.0,
                    "id": "obj-label-key",
                    "maxclass": "live.comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 1540.0, 80.0, 64.0, 14.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 224.0, 6.0, 64.0, 14.0 ],
                    "text": "Key",
                    "textjustification": 0
                }
            },
            {
                "box": {
                    "id": "obj-to-key",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1540.0, 160.0, 89.0, 22.0 ],
                    "text": "prepend key"
                }
            },
            {
                "box": {
                    "annotation": "Which voice the clip plays. Auto looks at its notes and its name; the answer's same voice lands on the clip's own track.",
                    "annotation_name": "Clip Is",
                    "fontsize": 10.0,
                    "id": "obj-role",
                    "maxclass": "live.menu",
                    "numinlets": 1,
                    "numoutlets": 3,
                    "outlettype": [ "", "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 40.0, 320.0, 72.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 112.0, 112.0, 72.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Clip Is",
                            "parameter_enum": [ "Auto", "Melody", "Accomp." ],
                            "parameter_info": "Which voice the clip plays. Auto looks at its notes and its name; the answer's same voice lands on the clip's own track.",
                            "parameter_initial": [ 0 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 1,
                            "parameter_longname": "Clip Is",
                            "parameter_mmax": 2,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Clip is",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "varname": "role"
                }
            },
            {
                "box": {
                    "fontsize": 10.0,
                    "id": "obj-label-role",
                    "maxclass": "live.comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 40.0, 300.0, 62.0, 14.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 112.0, 97.0, 62.0, 14.0 ],
                    "text": "Clip is",
                    "textjustification": 0
                }
            },
            {
                "box": {
                    "id": "obj-to-role",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 40.0, 380.0, 96.0, 22.0 ],
                    "text": "prepend role"
                }
            },
            {
                "box": {
                    "annotation": "The model that composes, by name. The bridge fills this list; the choice is stored with the set.",
                    "annotation_name": "Model",
                    "fontsize": 10.0,
                    "id": "obj-model",
                    "maxclass": "live.menu",
                    "numinlets": 1,
                    "numoutlets": 3,
                    "outlettype": [ "", "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 190.0, 320.0, 108.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 192.0, 112.0, 108.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Model",
                            "parameter_enum": [ "Bridge's choice" ],
                            "parameter_info": "The model that composes, by name. The bridge fills this list; the choice is stored with the set.",
                            "parameter_initial": [ 0 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 2,
                            "parameter_longname": "Model",
                            "parameter_mmax": 0,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Model",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "varname": "model"
                }
            },
            {
                "box": {
                    "fontsize": 10.0,
                    "id": "obj-label-model",
                    "maxclass": "live.comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 190.0, 300.0, 106.0, 14.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 192.0, 97.0, 106.0, 14.0 ],
                    "text": "Model",
                    "textjustification": 0
                }
            },
            {
                "box": {
                    "id": "obj-to-model",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 190.0, 380.0, 103.0, 22.0 ],
                    "text": "prepend model"
                }
            },
            {
                "box": {
                    "annotation": "Where the other voice lands: a new MIDI track to the right, a track of the set, or nowhere (one voice only). Stored with the set.",
                    "annotation_name": "Other Voice To",
                    "fontsize": 10.0,
                    "id": "obj-track",
                    "maxclass": "live.menu",
                    "numinlets": 1,
                    "numoutlets": 3,
                    "outlettype": [ "", "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 340.0, 320.0, 188.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 112.0, 145.0, 188.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Other Voice To",
                            "parameter_enum": [ "New track" ],
                            "parameter_info": "Where the other voice lands: a new MIDI track to the right, a track of the set, or nowhere (one voice only). Stored with the set.",
                            "parameter_initial": [ 0 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 2,
                            "parameter_longname": "Other Voice To",
                            "parameter_mmax": 0,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "To",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "varname": "track"
                }
            },
            {
                "box": {
                    "fontsize": 10.0,
                    "id": "obj-label-track",
                    "maxclass": "live.comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 340.0, 300.0, 176.0, 14.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 112.0, 130.0, 176.0, 14.0 ],
                    "text": "Other voice to",
                    "textjustification": 0
                }
            },
            {
                "box": {
                    "id": "obj-to-track",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 340.0, 380.0, 103.0, 22.0 ],
                    "text": "prepend track"
                }
            },
            {
                "box": {
                    "annotation": "Launches the previous variation of the last answer, as the set's quantisation says.",
                    "annotation_name": "Previous",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-previous",
                    "maxclass": "live.text",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 490.0, 320.0, 52.0, 20.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 312.0, 119.0, 52.0, 20.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Previous",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Launches the previous variation of the last answer, as the set's quantisation says.",
                            "parameter_invisible": 2,
                            "parameter_longname": "Previous",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Prev",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Prev",
                    "texton": "Prev",
                    "varname": "previous"
                }
            },
            {
                "box": {
                    "id": "obj-to-previous",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 490.0, 380.0, 68.0, 22.0 ],
                    "text": "previous"
                }
            },
            {
                "box": {
                    "annotation": "Launches the next variation of the last answer, as the set's quantisation says.",
                    "annotation_name": "Next",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-next",
                    "maxclass": "live.text",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 640.0, 320.0, 52.0, 20.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 412.0, 119.0, 52.0, 20.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Next",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Launches the next variation of the last answer, as the set's quantisation says.",
                            "parameter_invisible": 2,
                            "parameter_longname": "Next",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Next",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Next",
                    "texton": "Next",
                    "varname": "next"
                }
            },
            {
                "box": {
                    "id": "obj-to-next",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 640.0, 380.0, 40.0, 22.0 ],
                    "text": "next"
                }
            },
            {
                "box": {
                    "annotation": "Keeps the variation shown and removes the others of this answer. Clips that you have edited stay. Undo brings them back.",
                    "annotation_name": "Keep",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-keep",
                    "maxclass": "live.text",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 790.0, 320.0, 80.0, 20.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 476.0, 119.0, 80.0, 20.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Keep",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Keeps the variation shown and removes the others of this answer. Clips that you have edited stay. Undo brings them back.",
                            "parameter_invisible": 2,
                            "parameter_longname": "Keep",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Keep",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Keep",
                    "texton": "Keep",
                    "varname": "keep"
                }
            },
            {
                "box": {
                    "id": "obj-to-keep",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 790.0, 380.0, 40.0, 22.0 ],
                    "text": "keep"
                }
            },
            {
                "box": {
                    "annotation": "Marks the variation shown as a favourite in the bridge's history (macnet takes list --starred).",
                    "annotation_name": "Star",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-star",
                    "maxclass": "live.text",
                    "mode": 1,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 940.0, 320.0, 80.0, 20.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 564.0, 119.0, 80.0, 20.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Star",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Marks the variation shown as a favourite in the bridge's history (macnet takes list --starred).",
                            "parameter_invisible": 2,
                            "parameter_longname": "Star",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Star",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Star",
                    "texton": "Starred",
                    "varname": "star"
                }
            },
            {
                "box": {
                    "id": "obj-to-star",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 940.0, 380.0, 96.0, 22.0 ],
                    "text": "prepend star"
                }
            },
            {
                "box": {
                    "annotation": "Endless music: while the clip plays, the next bars are asked for and appended, until you switch this off. Always off when a set is opened.",
                    "annotation_name": "Auto",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-auto",
                    "maxclass": "live.text",
                    "mode": 1,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 1090.0, 320.0, 92.0, 22.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 8.0, 139.0, 92.0, 22.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Auto",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Endless music: while the clip plays, the next bars are asked for and appended, until you switch this off. Always off when a set is opened.",
                            "parameter_initial": [ 0 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 0,
                            "parameter_longname": "Auto",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Auto",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Auto",
                    "texton": "Auto",
                    "varname": "auto"
                }
            },
            {
                "box": {
                    "id": "obj-to-auto",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1090.0, 380.0, 96.0, 22.0 ],
                    "text": "prepend auto"
                }
            },
            {
                "box": {
                    "annotation": "The port that the bridge listens on: 9471, unless it was started with another (macnet serve --port).",
                    "annotation_name": "Bridge Port",
                    "fontsize": 10.0,
                    "id": "obj-port",
                    "maxclass": "live.numbox",
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 1240.0, 320.0, 50.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 342.0, 145.0, 50.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Bridge Port",
                            "parameter_info": "The port that the bridge listens on: 9471, unless it was started with another (macnet serve --port).",
                            "parameter_initial": [ 9471 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 1,
                            "parameter_longname": "Bridge Port",
                            "parameter_mmax": 65535.0,
                            "parameter_mmin": 1024.0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Port",
                            "parameter_type": 0,
                            "parameter_unitstyle": 0
                        }
                    },
                    "varname": "port"
                }
            },
            {
                "box": {
                    "fontsize": 10.0,
                    "id": "obj-label-port",
                    "maxclass": "live.comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 1240.0, 300.0, 30.0, 14.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 312.0, 146.0, 30.0, 14.0 ],
                    "text": "Port",
                    "textjustification": 0
                }
            },
            {
                "box": {
                    "id": "obj-to-port",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1240.0, 380.0, 96.0, 22.0 ],
                    "text": "prepend port"
                }
            },
            {
                "box": {
                    "annotation": "The port that this device listens on. 0 finds a free one by itself; every device needs one of its own.",
                    "annotation_name": "Reply Port",
                    "fontsize": 10.0,
                    "id": "obj-reply",
                    "maxclass": "live.numbox",
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 1390.0, 320.0, 50.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 444.0, 145.0, 50.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Reply Port",
                            "parameter_info": "The port that this device listens on. 0 finds a free one by itself; every device needs one of its own.",
                            "parameter_initial": [ 0 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 1,
                            "parameter_longname": "Reply Port",
                            "parameter_mmax": 65535.0,
                            "parameter_mmin": 0.0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Reply",
                            "parameter_type": 0,
                            "parameter_unitstyle": 0
                        }
                    },
                    "varname": "reply"
                }
            },
            {
                "box": {
                    "fontsize": 10.0,
                    "id": "obj-label-reply",
                    "maxclass": "live.comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 1390.0, 300.0, 36.0, 14.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 408.0, 146.0, 36.0, 14.0 ],
                    "text": "Reply",
                    "textjustification": 0
                }
            },
            {
                "box": {
                    "id": "obj-to-reply",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1390.0, 380.0, 103.0, 22.0 ],
                    "text": "prepend reply"
                }
            },
            {
                "box": {
                    "annotation": "Tries what can differ between versions of Live, on a track and clips of its own that it removes again, and shows a report to paste into a bug report.",
                    "annotation_name": "Self Test",
                    "automation": "Off",
                    "automationon": "On",
                    "fontsize": 10.0,
                    "id": "obj-selftest",
                    "maxclass": "live.text",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 1540.0, 320.0, 80.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 564.0, 145.0, 80.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Self Test",
                            "parameter_enum": [ "Off", "On" ],
                            "parameter_info": "Tries what can differ between versions of Live, on a track and clips of its own that it removes again, and shows a report to paste into a bug report.",
                            "parameter_invisible": 2,
                            "parameter_longname": "Self Test",
                            "parameter_mmax": 1,
                            "parameter_mmin": 0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Test",
                            "parameter_type": 2,
                            "parameter_unitstyle": 9
                        }
                    },
                    "text": "Self test",
                    "texton": "Self test",
                    "varname": "selftest"
                }
            },
            {
                "box": {
                    "id": "obj-to-selftest",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1540.0, 380.0, 68.0, 22.0 ],
                    "text": "selftest"
                }
            },
            {
                "box": {
                    "id": "obj-note-in",
                    "maxclass": "comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 40.0, 530.0, 700.0, 20.0 ],
                    "text": "LiveAPI may not be used in the high-priority thread: all that goes into the script is deferred here, in order"
                }
            },
            {
                "box": {
                    "id": "obj-thisdevice",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 3,
                    "outlettype": [ "bang", "int", "int" ],
                    "patching_rect": [ 40.0, 560.0, 117.0, 22.0 ],
                    "text": "live.thisdevice"
                }
            },
            {
                "box": {
                    "id": "obj-to-ready",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 40.0, 590.0, 47.0, 22.0 ],
                    "text": "ready"
                }
            },
            {
                "box": {
                    "id": "obj-receive",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 200.0, 560.0, 124.0, 22.0 ],
                    "text": "udpreceive 40000"
                }
            },
            {
                "box": {
                    "id": "obj-to-heard",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 200.0, 590.0, 103.0, 22.0 ],
                    "text": "prepend heard"
                }
            },
            {
                "box": {
                    "id": "obj-state",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 3,
                    "outlettype": [ "", "", "" ],
                    "patching_rect": [ 380.0, 560.0, 138.0, 22.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "",
                            "parameter_invisible": 1,
                            "parameter_longname": "MAC-Net State",
                            "parameter_modmode": 0,
                            "parameter_shortname": "State",
                            "parameter_type": 3
                        }
                    },
                    "saved_object_attributes": {
                        "parameter_enable": 1,
                        "parameter_mappable": 0
                    },
                    "text": "pattr macnet_state",
                    "varname": "macnet_state"
                }
            },
            {
                "box": {
                    "id": "obj-to-restore",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 380.0, 590.0, 117.0, 22.0 ],
                    "text": "prepend restore"
                }
            },
            {
                "box": {
                    "id": "obj-later",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 200.0, 630.0, 68.0, 22.0 ],
                    "text": "deferlow"
                }
            },
            {
                "box": {
                    "id": "obj-script",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 4,
                    "outlettype": [ "", "", "", "" ],
                    "patching_rect": [ 200.0, 670.0, 96.0, 22.0 ],
                    "saved_object_attributes": {
                        "filename": "macnet.js",
                        "parameter_enable": 0
                    },
                    "text": "js macnet.js"
                }
            },
            {
                "box": {
                    "id": "obj-note-out",
                    "maxclass": "comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 420.0, 672.0, 680.0, 20.0 ],
                    "text": "Outlets: 0 to the bridge, 1 the port to listen on, 2 the face, 3 to ourselves, to learn whether that port is ours"
                }
            },
            {
                "box": {
                    "id": "obj-send",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 40.0, 710.0, 166.0, 22.0 ],
                    "text": "udpsend 127.0.0.1 9471"
                }
            },
            {
                "box": {
                    "id": "obj-echo",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 1300.0, 710.0, 173.0, 22.0 ],
                    "text": "udpsend 127.0.0.1 40000"
                }
            },
            {
                "box": {
                    "id": "obj-route",
                    "maxclass": "newobj",
                    "numinlets": 19,
                    "numoutlets": 19,
                    "outlettype": [ "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "" ],
                    "patching_rect": [ 240.0, 750.0, 1181.0, 22.0 ],
                    "text": "route status bridge online progress busy shown star_shown auto_shown model_items model_shown track_items track_shown build store recall refresh report_text report_show"
                }
            },
            {
                "box": {
                    "fontname": "Ableton Sans Medium",
                    "fontsize": 10.0,
                    "id": "obj-status",
                    "maxclass": "comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 40.0, 880.0, 316.0, 46.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 320.0, 32.0, 316.0, 46.0 ],
                    "saved_attribute_attributes": {
                        "textcolor": {
                            "expression": "themecolor.live_lcd_title"
                        }
                    },
                    "text": "Starting …",
                    "textcolor": [ 0.807843, 0.807843, 0.807843, 1.0 ],
                    "textjustification": 0,
                    "varname": "status"
                }
            },
            {
                "box": {
                    "fontname": "Ableton Sans Medium",
                    "fontsize": 9.5,
                    "id": "obj-bridge",
                    "maxclass": "comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 40.0, 940.0, 216.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 333.0, 12.0, 216.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "textcolor": {
                            "expression": "themecolor.live_lcd_control_fg_zombie"
                        }
                    },
                    "text": " ",
                    "textcolor": [ 0.54902, 0.54902, 0.54902, 1.0 ],
                    "textjustification": 0,
                    "varname": "bridge"
                }
            },
            {
                "box": {
                    "fontname": "Ableton Sans Medium",
                    "fontsize": 9.5,
                    "id": "obj-build",
                    "maxclass": "comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 300.0, 940.0, 84.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 552.0, 12.0, 84.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "textcolor": {
                            "expression": "themecolor.live_lcd_control_fg_zombie"
                        }
                    },
                    "text": "not built",
                    "textcolor": [ 0.54902, 0.54902, 0.54902, 1.0 ],
                    "textjustification": 2,
                    "varname": "build"
                }
            },
            {
                "box": {
                    "fontsize": 10.0,
                    "id": "obj-shown",
                    "maxclass": "live.comment",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 420.0, 940.0, 44.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 365.0, 122.0, 46.0, 14.0 ],
                    "text": "-",
                    "textjustification": 1,
                    "varname": "shown"
                }
            },
            {
                "box": {
                    "bgcolor": [ 0.54902, 0.54902, 0.54902, 1.0 ],
                    "border": 0,
                    "id": "obj-light",
                    "maxclass": "panel",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 480.0, 940.0, 8.0, 8.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 321.0, 16.0, 8.0, 8.0 ],
                    "shape": 1,
                    "varname": "light"
                }
            },
            {
                "box": {
                    "annotation": "How much of the answer is composed.",
                    "annotation_name": "Progress",
                    "appearance": 2,
                    "fontsize": 10.0,
                    "id": "obj-progress",
                    "ignoreclick": 1,
                    "maxclass": "live.numbox",
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "", "float" ],
                    "parameter_enable": 1,
                    "patching_rect": [ 560.0, 940.0, 232.0, 16.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 320.0, 89.0, 232.0, 16.0 ],
                    "saved_attribute_attributes": {
                        "valueof": {
                            "parameter_annotation_name": "Progress",
                            "parameter_info": "How much of the answer is composed.",
                            "parameter_initial": [ 0.0 ],
                            "parameter_initial_enable": 1,
                            "parameter_invisible": 2,
                            "parameter_longname": "Progress",
                            "parameter_mmax": 100.0,
                            "parameter_mmin": 0.0,
                            "parameter_modmode": 0,
                            "parameter_shortname": "Progress",
                            "parameter_type": 0,
                            "parameter_unitstyle": 5
                        }
                    },
                    "varname": "progress"
                }
            },
            {
                "box": {
                    "id": "obj-show-status",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 40.0, 800.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-show-bridge",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 160.0, 800.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-online",
                    "maxclass": "newobj",
                    "numinlets": 4,
                    "numoutlets": 4,
                    "outlettype": [ "bang", "bang", "bang", "" ],
                    "patching_rect": [ 280.0, 800.0, 75.0, 22.0 ],
                    "text": "sel 0 1 2"
                }
            },
            {
                "box": {
                    "id": "obj-light-nobody",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 280.0, 830.0, 215.0, 22.0 ],
                    "text": "bgfillcolor 0.86 0.29 0.25 1."
                }
            },
            {
                "box": {
                    "id": "obj-light-looking",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 280.0, 856.0, 215.0, 22.0 ],
                    "text": "bgfillcolor 0.93 0.72 0.26 1."
                }
            },
            {
                "box": {
                    "id": "obj-light-connected",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 280.0, 882.0, 215.0, 22.0 ],
                    "text": "bgfillcolor 0.36 0.78 0.42 1."
                }
            },
            {
                "box": {
                    "id": "obj-percent",
                    "maxclass": "newobj",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "float" ],
                    "patching_rect": [ 520.0, 800.0, 54.0, 22.0 ],
                    "text": "* 100."
                }
            },
            {
                "box": {
                    "id": "obj-show-progress",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 520.0, 830.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-show-busy",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 640.0, 800.0, 110.0, 22.0 ],
                    "text": "prepend active"
                }
            },
            {
                "box": {
                    "id": "obj-show-shown",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 760.0, 800.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-show-star_shown",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 880.0, 800.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-show-auto_shown",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1000.0, 800.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-show-model_items",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1120.0, 800.0, 180.0, 22.0 ],
                    "text": "prepend _parameter_range"
                }
            },
            {
                "box": {
                    "id": "obj-show-model_shown",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1360.0, 800.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-show-track_items",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1480.0, 800.0, 180.0, 22.0 ],
                    "text": "prepend _parameter_range"
                }
            },
            {
                "box": {
                    "id": "obj-show-track_shown",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1720.0, 800.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-show-build",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1840.0, 800.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-report-text",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 1960.0, 800.0, 89.0, 22.0 ],
                    "text": "prepend set"
                }
            },
            {
                "box": {
                    "id": "obj-report-show",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 2,
                    "outlettype": [ "bang", "bang" ],
                    "patching_rect": [ 2080.0, 800.0, 47.0, 22.0 ],
                    "text": "t b b"
                }
            },
            {
                "box": {
                    "id": "obj-report-select",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 2080.0, 830.0, 54.0, 22.0 ],
                    "text": "select"
                }
            },
            {
                "box": {
                    "id": "obj-report-open",
                    "maxclass": "message",
                    "numinlets": 2,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 2160.0, 830.0, 40.0, 22.0 ],
                    "text": "open"
                }
            },
            {
                "box": {
                    "id": "obj-report-window",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 1,
                    "outlettype": [ "" ],
                    "patching_rect": [ 2160.0, 860.0, 68.0, 22.0 ],
                    "text": "pcontrol"
                }
            },
            {
                "box": {
                    "id": "obj-report",
                    "maxclass": "newobj",
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patcher": {
                        "fileversion": 1,
                        "appversion": {
                            "major": 8,
                            "minor": 1,
                            "revision": 0,
                            "architecture": "x64",
                            "modernui": 1
                        },
                        "classnamespace": "box",
                        "rect": [ 120.0, 120.0, 640.0, 480.0 ],
                        "openinpresentation": 1,
                        "default_fontsize": 12.0,
                        "title": "MAC-Net self test",
                        "boxes": [
                            {
                                "box": {
                                    "fontsize": 12.0,
                                    "id": "obj-text",
                                    "maxclass": "textedit",
                                    "nosymquotes": 1,
                                    "numinlets": 1,
                                    "numoutlets": 4,
                                    "outlettype": [ "", "int", "", "" ],
                                    "parameter_enable": 0,
                                    "patching_rect": [ 20.0, 60.0, 600.0, 400.0 ],
                                    "presentation": 1,
                                    "presentation_rect": [ 0.0, 0.0, 640.0, 480.0 ],
                                    "varname": "report-text",
                                    "wordwrap": 1
                                }
                            },
                            {
                                "box": {
                                    "comment": "set TEXT, select",
                                    "id": "obj-in",
                                    "index": 1,
                                    "maxclass": "inlet",
                                    "numinlets": 0,
                                    "numoutlets": 1,
                                    "outlettype": [ "" ],
                                    "patching_rect": [ 20.0, 20.0, 30.0, 30.0 ]
                                }
                            }
                        ],
                        "lines": [
                            {
                                "patchline": {
                                    "destination": [ "obj-text", 0 ],
                                    "source": [ "obj-in", 0 ]
                                }
                            }
                        ]
                    },
                    "patching_rect": [ 1960.0, 900.0, 68.0, 22.0 ],
                    "text": "p report"
                }
            },
            {
                "box": {
                    "background": 1,
                    "bgcolor": [ 0.156863, 0.156863, 0.156863, 1.0 ],
                    "border": 0,
                    "id": "obj-display",
                    "ignoreclick": 1,
                    "maxclass": "panel",
                    "mode": 0,
                    "numinlets": 1,
                    "numoutlets": 0,
                    "patching_rect": [ 40.0, 1000.0, 332.0, 106.0 ],
                    "presentation": 1,
                    "presentation_rect": [ 312.0, 8.0, 332.0, 106.0 ],
                    "rounded": 4,
                    "saved_attribute_attributes": {
                        "bgfillcolor": {
                            "expression": "themecolor.live_lcd_bg"
                        }
                    },
                    "varname": "display"
                }
            }
        ],
        "lines": [
            {
                "patchline": {
                    "destination": [ "obj-midiout", 0 ],
                    "source": [ "obj-midiin", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-continue", 0 ],
                    "source": [ "obj-continue", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-continue", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-accompany", 0 ],
                    "source": [ "obj-accompany", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-accompany", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-vary", 0 ],
                    "source": [ "obj-vary", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-vary", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-another", 0 ],
                    "source": [ "obj-another", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-another", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-cancel", 0 ],
                    "source": [ "obj-cancel", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-cancel", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-variations", 0 ],
                    "source": [ "obj-variations", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-variations", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-bars", 0 ],
                    "source": [ "obj-bars", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-bars", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-temperature", 0 ],
                    "source": [ "obj-temperature", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-temperature", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-similarity", 0 ],
                    "source": [ "obj-similarity", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-similarity", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-feel", 0 ],
                    "source": [ "obj-feel", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-feel", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-key", 0 ],
                    "source": [ "obj-key", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-key", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-role", 0 ],
                    "source": [ "obj-role", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-role", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-model", 0 ],
                    "source": [ "obj-model", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-model", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-track", 0 ],
                    "source": [ "obj-track", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-track", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-previous", 0 ],
                    "source": [ "obj-previous", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-previous", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-next", 0 ],
                    "source": [ "obj-next", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-next", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-keep", 0 ],
                    "source": [ "obj-keep", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-keep", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-star", 0 ],
                    "source": [ "obj-star", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-star", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-auto", 0 ],
                    "source": [ "obj-auto", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-auto", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-port", 0 ],
                    "source": [ "obj-port", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-port", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-reply", 0 ],
                    "source": [ "obj-reply", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-reply", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-selftest", 0 ],
                    "source": [ "obj-selftest", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-selftest", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-ready", 0 ],
                    "source": [ "obj-thisdevice", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-ready", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-heard", 0 ],
                    "source": [ "obj-receive", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-heard", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-to-restore", 0 ],
                    "source": [ "obj-state", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-later", 0 ],
                    "source": [ "obj-to-restore", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-script", 0 ],
                    "source": [ "obj-later", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-send", 0 ],
                    "source": [ "obj-script", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-receive", 0 ],
                    "source": [ "obj-script", 1 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-echo", 0 ],
                    "source": [ "obj-script", 3 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-route", 0 ],
                    "source": [ "obj-script", 2 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-status", 0 ],
                    "source": [ "obj-route", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-status", 0 ],
                    "source": [ "obj-show-status", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-bridge", 0 ],
                    "source": [ "obj-route", 1 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-bridge", 0 ],
                    "source": [ "obj-show-bridge", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-online", 0 ],
                    "source": [ "obj-route", 2 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-light-nobody", 0 ],
                    "source": [ "obj-online", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-light", 0 ],
                    "source": [ "obj-light-nobody", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-light-looking", 0 ],
                    "source": [ "obj-online", 1 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-light", 0 ],
                    "source": [ "obj-light-looking", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-light-connected", 0 ],
                    "source": [ "obj-online", 2 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-light", 0 ],
                    "source": [ "obj-light-connected", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-percent", 0 ],
                    "source": [ "obj-route", 3 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-progress", 0 ],
                    "source": [ "obj-percent", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-progress", 0 ],
                    "source": [ "obj-show-progress", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-busy", 0 ],
                    "source": [ "obj-route", 4 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-cancel", 0 ],
                    "source": [ "obj-show-busy", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-shown", 0 ],
                    "source": [ "obj-route", 5 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-shown", 0 ],
                    "source": [ "obj-show-shown", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-star_shown", 0 ],
                    "source": [ "obj-route", 6 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-star", 0 ],
                    "source": [ "obj-show-star_shown", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-auto_shown", 0 ],
                    "source": [ "obj-route", 7 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-auto", 0 ],
                    "source": [ "obj-show-auto_shown", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-model_items", 0 ],
                    "source": [ "obj-route", 8 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-model", 0 ],
                    "source": [ "obj-show-model_items", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-model_shown", 0 ],
                    "source": [ "obj-route", 9 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-model", 0 ],
                    "source": [ "obj-show-model_shown", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-track_items", 0 ],
                    "source": [ "obj-route", 10 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-track", 0 ],
                    "source": [ "obj-show-track_items", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-track_shown", 0 ],
                    "source": [ "obj-route", 11 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-track", 0 ],
                    "source": [ "obj-show-track_shown", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-show-build", 0 ],
                    "source": [ "obj-route", 12 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-build", 0 ],
                    "source": [ "obj-show-build", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-state", 0 ],
                    "source": [ "obj-route", 13 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-state", 0 ],
                    "source": [ "obj-route", 14 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-variations", 0 ],
                    "source": [ "obj-route", 15 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-bars", 0 ],
                    "source": [ "obj-route", 15 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-temperature", 0 ],
                    "source": [ "obj-route", 15 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-similarity", 0 ],
                    "source": [ "obj-route", 15 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-feel", 0 ],
                    "source": [ "obj-route", 15 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-key", 0 ],
                    "source": [ "obj-route", 15 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-role", 0 ],
                    "source": [ "obj-route", 15 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-port", 0 ],
                    "source": [ "obj-route", 15 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-reply", 0 ],
                    "source": [ "obj-route", 15 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-report-text", 0 ],
                    "source": [ "obj-route", 16 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-report-show", 0 ],
                    "source": [ "obj-route", 17 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-report", 0 ],
                    "source": [ "obj-report-text", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-report-open", 0 ],
                    "source": [ "obj-report-show", 1 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-report-window", 0 ],
                    "source": [ "obj-report-open", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-report", 0 ],
                    "source": [ "obj-report-window", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-report-select", 0 ],
                    "source": [ "obj-report-show", 0 ]
                }
            },
            {
                "patchline": {
                    "destination": [ "obj-report", 0 ],
                    "source": [ "obj-report-select", 0 ]
                }
            }
        ],
        "parameters": {
            "obj-continue": [ "Continue", "Continue", 0 ],
            "obj-accompany": [ "Accompany", "Accomp", 0 ],
            "obj-vary": [ "Vary", "Vary", 0 ],
            "obj-another": [ "Another", "Another", 0 ],
            "obj-cancel": [ "Cancel", "Cancel", 0 ],
            "obj-variations": [ "Variations", "Variations", 0 ],
            "obj-bars": [ "Length in Bars", "Bars", 0 ],
            "obj-temperature": [ "Temperature", "Temp", 0 ],
            "obj-similarity": [ "Similarity", "Similar", 0 ],
            "obj-feel": [ "Feel", "Feel", 0 ],
            "obj-key": [ "Key", "Key", 0 ],
            "obj-role": [ "Clip Is", "Clip is", 0 ],
            "obj-model": [ "Model", "Model", 0 ],
            "obj-track": [ "Other Voice To", "To", 0 ],
            "obj-previous": [ "Previous", "Prev", 0 ],
            "obj-next": [ "Next", "Next", 0 ],
            "obj-keep": [ "Keep", "Keep", 0 ],
            "obj-star": [ "Star", "Star", 0 ],
            "obj-auto": [ "Auto", "Auto", 0 ],
            "obj-port": [ "Bridge Port", "Port", 0 ],
            "obj-reply": [ "Reply Port", "Reply", 0 ],
            "obj-selftest": [ "Self Test", "Test", 0 ],
            "obj-state": [ "MAC-Net State", "State", 0 ],
            "obj-progress": [ "Progress", "Progress", 0 ],
            "parameterbanks": {
                "0": {
                    "index": 0,
                    "name": "MAC-Net",
                    "parameters": [ "Variations", "Length in Bars", "Temperature", "Key", "Similarity", "Feel", "Auto", "-" ]
                }
            },
            "inherited_shortname": 1
        },
        "project": {
            "version": 1,
            "creationdate": 3590052786,
            "modificationdate": 3590052786,
            "viewrect": [ 0.0, 0.0, 300.0, 500.0 ],
            "autoorganize": 1,
            "hideprojectwindow": 1,
            "showdependencies": 1,
            "autolocalize": 0,
            "contents": {
                "patchers": {}
            },
            "layout": {},
            "searchpath": {},
            "detailsvisible": 0,
            "amxdtype": 1835887981,
            "readonly": 0,
            "devpathtype": 0,
            "devpath": ".",
            "sortmode": 0,
            "viewmode": 0,
            "includepackages": 0
        },
        "autosave": 0
    }
}
